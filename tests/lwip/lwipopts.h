/* SPDX-License-Identifier: BSL-1.0 */
/* lwIP in a test's own process: a super-loop, its loop interface, and time that the test makes. */
#pragma once

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_DNS 1
#define LWIP_DHCP 0
#define LWIP_RAW 0
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_LOOPBACK_MAX_PBUFS 32
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS /* the host's own */

#define TCP_MSS 1460
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define MEMP_NUM_TCP_SEG 64
#define TCP_WND (4 * TCP_MSS)
#define TCP_QUEUE_OOSEQ 1
#define MEMP_NUM_TCP_PCB 8
#define MEMP_NUM_TCP_PCB_LISTEN 4
#define PBUF_POOL_SIZE 64

/* The sanitizers watch every block. */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 8
#define LWIP_STATS 1 /* how many packets there were */
#define LWIP_STATS_LARGE 1
