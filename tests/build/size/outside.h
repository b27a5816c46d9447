/* SPDX-License-Identifier: BSL-1.0 */
/* The board, as far as the measured programs see it: nothing the compiler could look into. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
int board_read(char* octets, size_t size);
int board_write(const char* octets, size_t size);
uint32_t board_ticks(void);
int64_t board_unix_time(void);
void board_connect(uint16_t port);
void board_show(int value);
#ifdef __cplusplus
}
#endif
