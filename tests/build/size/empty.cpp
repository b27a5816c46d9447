// SPDX-License-Identifier: BSL-1.0
// What a program costs that does not send mail.
#include "outside.h"

int main() {
  char octet = 0;
  board_connect(0);
  board_write(&octet, static_cast<size_t>(board_read(&octet, 1)));
  board_show(static_cast<int>(board_ticks()) + static_cast<int>(board_unix_time()));
}
