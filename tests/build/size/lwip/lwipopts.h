/* SPDX-License-Identifier: BSL-1.0 */
/* lwIP's options, as its headers see them where sizes are measured. */
#pragma once
#define NO_SYS 0
#define LWIP_SOCKET 1
#define LWIP_COMPAT_SOCKETS 0
#define LWIP_NETCONN 1
#define LWIP_DNS 1
#define LWIP_ALTCP 0
#define LWIP_TIMEVAL_PRIVATE 1
#define LWIP_PROVIDE_ERRNO 1
#define SMTP_MAX_USERNAME_LEN 64
#define SMTP_MAX_PASS_LEN 64
