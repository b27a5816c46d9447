// SPDX-License-Identifier: BSL-1.0
// posix_address.hpp: looks up where a server is.
//
// Knows:          getaddrinfo, and that a name may have several addresses of two families.
// Does not know:  which of them will answer.
// Bounds:         keeps the first `max_addresses` that the system recommends.
#pragma once

#include <netdb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <mailmote/error.hpp>
#include <mailmote/port/posix_api.hpp>

namespace mailmote::posix {

inline constexpr std::size_t max_addresses = 8;

struct address_list {
  std::array<address, max_addresses> items{};
  std::size_t size = 0;
};

// Looks up a name or a numeric address, best address first. It MAY BLOCK for as long as the
// system's resolver takes. Says errc::no_such_host or errc::resolver_failed.
inline errc resolve(std::string_view host, std::uint16_t port, address_list& found) noexcept {
  found = {};
  std::array<char, NI_MAXHOST> name{};
  if (host.size() >= name.size() || host.find('\0') != std::string_view::npos)
    return errc::no_such_host;
  std::memcpy(name.data(), host.data(), host.size());

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = host.empty() ? EAI_NONAME : ::getaddrinfo(name.data(), nullptr, &hints, &list);
  if (error == EAI_AGAIN || error == EAI_FAIL || error == EAI_MEMORY || error == EAI_SYSTEM) {
    return errc::resolver_failed;
  }
  if (error != 0) return errc::no_such_host;

  for (const addrinfo* a = list; a != nullptr && found.size < max_addresses; a = a->ai_next) {
    address& next = found.items[found.size];
    if (a->ai_family == AF_INET6) {
      std::memcpy(&next.v6, a->ai_addr, sizeof next.v6);
      next.v6.sin6_port = htons(port);
      ++found.size;
    } else if (a->ai_family == AF_INET) {
      std::memcpy(&next.v4, a->ai_addr, sizeof next.v4);
      next.v4.sin_port = htons(port);
      ++found.size;
    }
  }
  ::freeaddrinfo(list);
  return found.size > 0 ? errc::none : errc::no_such_host;
}

}  // namespace mailmote::posix
