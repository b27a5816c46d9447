/* SPDX-License-Identifier: BSL-1.0 */
/* lwIP for a device that sends mail: one connection, a super-loop, about 16 KB of RAM. */
#pragma once

/* A super-loop, and nothing that interrupts it. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

/* IPv4 by DHCP, or an address that is given; names by DNS. */
#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_DHCP 1
#define LWIP_DNS 1
#define LWIP_RAW 0
#define LWIP_ICMP 1
#define LWIP_ACD 0                  /* nobody else has this address, says the DHCP server */
#define LWIP_DHCP_DOES_ACD_CHECK 0  /* the same, by its name in lwIP 2.2 */
#define DHCP_DOES_ARP_CHECK 0       /* the same, by its name in lwIP 2.1 */

/* A mail of 5 KB is one flight, and a server's certificates come in one. lwIP's defaults make ten. */
#define TCP_MSS 1460
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 12
#define MEMP_NUM_TCP_SEG 16
#define TCP_WND (4 * TCP_MSS)
#define TCP_QUEUE_OOSEQ 1           /* a lost packet costs one, not all that came behind it */

/* Memory: what is sent stands in the heap, what is received in pbufs of the pool. */
#ifndef MEM_ALIGNMENT
#define MEM_ALIGNMENT 4             /* the processor's */
#endif
#define MEM_SIZE (TCP_SND_BUF + 3 * 1024)
#define PBUF_POOL_SIZE 16
#define PBUF_POOL_BUFSIZE 512
#define MEMP_NUM_TCP_PCB 3          /* two of them still saying goodbye */
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_UDP_PCB 3          /* DHCP and DNS */

/* Ethernet, with one card. */
#define LWIP_ARP 1
#define ETH_PAD_SIZE 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_STATS 0
