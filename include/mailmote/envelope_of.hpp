// SPDX-License-Identifier: BSL-1.0
// envelope_of.hpp: who gets a message, read from the message itself.
//
// Knows:          which of a message's fields hold its recipients, Bcc among them.
// Does not know:  whether their addresses can be sent to.
// Bounds:         nothing is copied: the message must live as long as the envelope.
#pragma once

#include <cstddef>
#include <string_view>

#include <mailmote/mime/message.hpp>
#include <mailmote/smtp/envelope.hpp>

namespace mailmote {

namespace detail {

inline std::string_view recipient_of(const void* description, std::size_t i) {
  const auto& with = *static_cast<const mime::fields*>(description);
  if (i < with.to.size()) return with.to[i].address;
  i -= with.to.size();
  if (i < with.cc.size()) return with.cc[i].address;
  return with.bcc[i - with.cc.size()].address;
}

}  // namespace detail

// From the sender, if there is one, else from the author; to all of To, Cc and Bcc, in this order.
// The other settings of the envelope are the caller's to change.
inline envelope envelope_of(const mime::message& mail) {
  const mime::fields& with = mail.description();
  const mime::mailbox& from = with.sender.address.empty() ? with.from : with.sender;
  const std::size_t all = with.to.size() + with.cc.size() + with.bcc.size();
  return {.from = from.address, .to = {&with, all, detail::recipient_of}};
}

}  // namespace mailmote
