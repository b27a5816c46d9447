/* SPDX-License-Identifier: BSL-1.0 */
/* lwIP's own client with a login and a ready-made text, for comparison; lwIP itself is not counted. */
#include <lwip/apps/smtp.h>

#include "outside.h"

static void on_result(void* argument, u8_t result, u16_t code, err_t error) {
  (void)argument;
  (void)error;
  board_show(result);
  board_show(code);
}

int main(void) {
  board_connect(587);
  smtp_set_server_addr("mail.example.org");
  smtp_set_server_port(587);
  smtp_set_auth("mote17@example.org", "password");
  smtp_send_mail("mote17@example.org", "ops@example.org", "hot", "94 C\r\n", on_result, 0);
  board_show((int)board_ticks());
}
