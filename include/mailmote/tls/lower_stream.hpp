// SPDX-License-Identifier: BSL-1.0
// lower_stream.hpp: any byte stream, behind two function pointers.
//
// Knows:          the contract of byte_stream, which it hands on.
// Does not know:  what kind of stream it is; so a TLS session need not be a template.
// Bounds:         three words.
#pragma once

#include <span>

#include <mailmote/io.hpp>

namespace mailmote::tls {

class lower_stream {
 public:
  constexpr lower_stream() = default;

  template <byte_stream Stream>
  constexpr explicit lower_stream(Stream& stream)
      : object_{&stream},
        read_{[](void* object, std::span<char> in) noexcept {
          return static_cast<Stream*>(object)->read_some(in);
        }},
        write_{[](void* object, std::span<const char> out) noexcept {
          return static_cast<Stream*>(object)->write_some(out);
        }} {}

  io_result read_some(std::span<char> in) noexcept { return read_(object_, in); }
  io_result write_some(std::span<const char> out) noexcept { return write_(object_, out); }

 private:
  void* object_ = nullptr;
  io_result (*read_)(void*, std::span<char>) noexcept = nullptr;
  io_result (*write_)(void*, std::span<const char>) noexcept = nullptr;
};

}  // namespace mailmote::tls
