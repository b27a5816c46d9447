/* SPDX-License-Identifier: BSL-1.0 */
/* What lwIP asks of the host. */
#pragma once
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define LWIP_RAND() ((u32_t)rand()) /* always the same: tests repeat themselves */
#define LWIP_PLATFORM_DIAG(message) ((void)0)
#define LWIP_PLATFORM_ASSERT(message) (fputs(message "\n", stderr), abort())
