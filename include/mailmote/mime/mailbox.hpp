// SPDX-License-Identifier: BSL-1.0
// mailbox.hpp: a person's address and name, and lists of them.
//
// Knows:          the caller's strings, by reference.
// Does not know:  whether they can be sent (check.hpp).
// Bounds:         any number of mailboxes, none of them copied.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>

namespace mailmote::mime {

// RFC 5322 section 3.4.
struct mailbox {
  std::string_view address{};  // without < and >
  std::string_view name{};     // UTF-8, as people read it; may be empty
};

// A view of one or many mailboxes that somebody else keeps alive. It is made from an address, or
// from a mailbox, an array or a span that has a name; what would be gone before the mail is does not
// compile.
class mailbox_list {
 public:
  constexpr mailbox_list() = default;

  template <class Address>
  requires std::convertible_to<const Address&, std::string_view>
  constexpr mailbox_list(const Address& one) : kind_{kind::address} {
    const std::string_view text{one};
    at_.address = text.data();
    size_ = text.size();
  }

  constexpr mailbox_list(const mailbox& one)
      : at_{.mailboxes = &one}, size_{1}, kind_{kind::mailboxes} {}
  mailbox_list(const mailbox&&) = delete;  // would dangle: give it a name

  template <class Many>
  requires(std::convertible_to<Many, std::span<const mailbox>> &&
           (std::is_lvalue_reference_v<Many> ||
            std::ranges::enable_borrowed_range<Many>)) constexpr mailbox_list(Many&& many)
      : kind_{kind::mailboxes} {
    const std::span<const mailbox> view{many};
    at_.mailboxes = view.data();
    size_ = view.size();
  }

  template <class One, std::size_t N>
  mailbox_list(const One (&&)[N]) = delete;  // would dangle: give the array a name

  constexpr std::size_t size() const { return kind_ == kind::address ? 1 : size_; }
  constexpr bool empty() const { return size() == 0; }
  constexpr mailbox operator[](std::size_t i) const {
    return kind_ == kind::address ? mailbox{{at_.address, size_}} : at_.mailboxes[i];
  }

 private:
  enum class kind : std::uint8_t { address, mailboxes };

  union {
    const char* address;
    const mailbox* mailboxes = nullptr;
  } at_;
  std::size_t size_ = 0;  // of the address, or of the list
  kind kind_ = kind::mailboxes;
};

}  // namespace mailmote::mime
