/* SPDX-License-Identifier: BSL-1.0 */
/* What lwIP asks of a processor and a compiler. */
#pragma once
#include <stdint.h>
#define LWIP_NO_INTTYPES_H 0
#define LWIP_PLATFORM_DIAG(message) ((void)0)
#define LWIP_PLATFORM_ASSERT(message) ((void)0)
