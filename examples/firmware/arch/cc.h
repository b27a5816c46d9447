/* SPDX-License-Identifier: BSL-1.0 */
/* What lwIP asks of this processor and compiler. */
#pragma once
#include <stdint.h>
#include <stdlib.h>

#define LWIP_NO_INTTYPES_H 0
#define BYTE_ORDER LITTLE_ENDIAN

uint32_t board_random(void);
void board_fault(const char* what, int code);
#define LWIP_RAND() board_random()
#define LWIP_PLATFORM_DIAG(message) ((void)0)
#define LWIP_PLATFORM_ASSERT(message) board_fault(message, 251)
