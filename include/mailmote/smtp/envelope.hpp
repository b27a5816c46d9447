// SPDX-License-Identifier: BSL-1.0
// envelope.hpp: who a mail is from and who shall get it (RFC 5321 section 2.3.1).
//
// Knows:          the caller's addresses, by reference.
// Does not know:  the message's header; its From: and To: may differ.
// Bounds:         any number of recipients, none of them copied.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include <mailmote/smtp/outcome.hpp>

namespace mailmote {

// A view of one or many addresses that somebody else keeps alive. It is made from one string, an
// array that has a name, or a span; a braced list would be gone before the mail is, and so does not
// compile.
class recipient_list {
 public:
  // The `i`th address of what `many` points to.
  using lookup = std::string_view (*)(const void* many, std::size_t i);

  constexpr recipient_list() = default;

  template <class One>
  requires std::convertible_to<const One&, std::string_view>
  constexpr recipient_list(const One& one) {
    const std::string_view text{one};
    list_ = text.data();
    size_ = 1;
    length_ = text.size();
  }

  // An lvalue array or container of string_view, or any span of them.
  template <class Many>
  requires(std::convertible_to<Many, std::span<const std::string_view>> &&
           (std::is_lvalue_reference_v<Many> ||
            std::ranges::enable_borrowed_range<Many>)) constexpr recipient_list(Many&& many) {
    const std::span<const std::string_view> view{many};
    list_ = view.data();
    size_ = view.size();
  }

  // Any `size` addresses that are kept in another form.
  constexpr recipient_list(const void* many, std::size_t size, lookup at)
      : list_{many}, size_{size}, at_{at} {}

  template <class Many, std::size_t N>
  recipient_list(const Many (&&)[N]) = delete;  // would dangle: give the array a name
  template <class Address>
  recipient_list(std::initializer_list<Address>) = delete;  // would dangle: give the array a name

  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  std::string_view operator[](std::size_t i) const {
    if (length_ != of_many) return {static_cast<const char*>(list_), length_};
    return at_ != nullptr ? at_(list_, i) : static_cast<const std::string_view*>(list_)[i];
  }

 private:
  static constexpr std::size_t of_many = std::numeric_limits<std::size_t>::max();

  const void* list_ = nullptr;
  std::size_t size_ = 0;
  std::size_t length_ = of_many;  // of the one address that list_ points to, when it is no list
  lookup at_ = nullptr;
};

// What every server takes in one mail (RFC 5321 4.5.3.1.8).
inline constexpr std::size_t min_recipients = 100;

// When the mail is sent at all.
enum class recipients : unsigned char {
  any,  // while at least one recipient is accepted
  all,  // only when every recipient is accepted
};

// What happens to the connection once the mail's fate is known.
enum class after : unsigned char {
  quit,  // goodbye is said, and the connection is over
  stay,  // it is kept for the next `send`, or `quit`
};

class esmtp_parameters;  // parameters.hpp

// All that is referred to must live until the client has finished with the mail.
struct envelope {
  std::string_view from{};  // the reverse-path, without <>; empty is the null reverse-path
  recipient_list to{};      // forward-paths, without <>
  recipients deliver_if = recipients::any;
  after then = after::quit;
  recipient_listener* listener = nullptr;  // hears each recipient's reply; may be null

  // What else is said with MAIL and RCPT (dsn.hpp, require_tls.hpp, other_parameters.hpp); may be
  // null.
  const esmtp_parameters* parameters = nullptr;
};

}  // namespace mailmote
