// SPDX-License-Identifier: BSL-1.0
// console.hpp: what the user sees while mail is sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mailmote/smtp/outcome.hpp>
#include <mailmote/smtp/settings.hpp>

namespace mailmote_send {

enum class loudness { quiet, normal, verbose };

// Results and the dialogue go to standard output, warnings and errors to standard error. Whatever
// a server wrote is made printable: it shall not play with somebody's terminal.
class console final : public mailmote::transcript, public mailmote::recipient_listener {
 public:
  explicit console(loudness loud);

  void say(std::string_view text);       // not when quiet
  void note(std::string_view text);      // when verbose
  void warn(std::string_view text);      // not when quiet
  void complain(std::string_view text);  // always

  // Draws a bar while a large message is sent, on a terminal.
  void show_progress(std::uint64_t sent, std::uint64_t whole);

  bool has_heard() const { return has_heard_; }  // anything at all from the server

  void client_said(std::string_view octets) noexcept override;
  void server_said(std::string_view octets) noexcept override;
  void encrypted() noexcept override;
  void on_recipient(const mailmote::recipient_reply& reply) noexcept override;

 private:
  struct speaker {
    std::string_view prefix;
    std::string_view colour;
    std::string line{};  // so far
  };

  void show_lines(speaker& who, std::string_view octets);
  void print(std::string_view colour, std::string_view text);
  void clear_progress();

  loudness loud_;
  bool colours_;
  bool draws_;
  bool has_heard_ = false;
  int drawn_percent_ = -1;  // -1: no bar is there
  speaker client_{"C: ", "\033[36m"};
  speaker server_{"S: ", "\033[32m"};
};

// The text with everything that is not printable ASCII written as \xHH.
std::string printable(std::string_view text);

}  // namespace mailmote_send
