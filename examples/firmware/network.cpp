// SPDX-License-Identifier: BSL-1.0
// network.cpp: between lwIP and the Ethernet controller.
#include "network.hpp"

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

#include "board.hpp"
#include "site.hpp"

namespace {

netif card;
std::uint8_t frame[board::largest_frame];  // on its way in or out, never both

err_t send(netif*, pbuf* packet) {
  if (packet->tot_len > sizeof frame) return ERR_BUF;
  pbuf_copy_partial(packet, frame, packet->tot_len, 0);
  return board::ethernet_send({frame, packet->tot_len}) ? err_t{ERR_OK} : err_t{ERR_WOULDBLOCK};
}

err_t prepare(netif* it) {
  it->name[0] = 'e';
  it->name[1] = 'n';
  it->mtu = 1500;
  it->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  it->output = etharp_output;
  it->linkoutput = send;
  it->hwaddr_len = sizeof site::mac;
  for (std::size_t i = 0; i < sizeof site::mac; ++i) it->hwaddr[i] = site::mac[i];
  board::ethernet_start(site::mac);
  return ERR_OK;
}

void take(std::size_t size) {
  pbuf* const packet = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(size), PBUF_POOL);
  if (packet == nullptr) return;  // TCP will send it again
  pbuf_take(packet, frame, static_cast<u16_t>(size));
  if (card.input(packet, &card) != ERR_OK) pbuf_free(packet);
}

}  // namespace

namespace network {

void start(address_from source) {
  lwip_init();
  const bool by_dhcp = source == address_from::dhcp;
  netif_add(&card, by_dhcp ? IP4_ADDR_ANY4 : &site::own_address,
            by_dhcp ? IP4_ADDR_ANY4 : &site::netmask, by_dhcp ? IP4_ADDR_ANY4 : &site::gateway,
            nullptr, prepare, ethernet_input);
  netif_set_default(&card);
  netif_set_up(&card);
  if (by_dhcp) dhcp_start(&card);
}

bool is_up() { return !ip4_addr_isany(netif_ip4_addr(&card)); }

void poll() {
  for (int frames = 0; frames < 8; ++frames) {
    const std::size_t size = board::ethernet_receive(frame);
    if (size == 0) break;
    take(size);
  }
  sys_check_timeouts();
}

}  // namespace network
