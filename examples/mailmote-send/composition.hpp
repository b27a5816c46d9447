// SPDX-License-Identifier: BSL-1.0
// composition.hpp: a mail made from what the command line says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/mime/message.hpp>

#include "message_file.hpp"
#include "options.hpp"

namespace mailmote_send {

// `Display Name <address>`, or an address alone. The name is taken literally.
mailmote::mime::mailbox read_mailbox(std::string_view text);

// Unix seconds, RFC 5322 or ISO 8601; without a zone, this machine's.
std::optional<mailmote::mime::date_time> read_date(const std::string& text);

// By a file's extension.
std::string_view media_type_of(std::string_view file_name);

// Refers to `options`, which must outlive it.
class composition {
 public:
  composition() = default;
  composition(const composition&) = delete;
  composition& operator=(const composition&) = delete;

  // Fetches what is in files, and says what cannot be sent to any server.
  std::optional<complaint> fill_in(const options& chosen);

  mailmote::mime::message& mail() { return mail_; }
  void count(std::uint32_t n);  // names the `n`th of several mails, if no name was given

  // What keeps the mail from a server with `limits`, in words; empty: nothing.
  std::string fault(mailmote::body_limits limits) const;

 private:
  std::optional<complaint> attach(const std::vector<std::string>& paths, bool is_inline,
                                  std::vector<mailmote::mime::part>& parts);
  std::optional<complaint> read_headers(const options& chosen);
  std::optional<complaint> read_body(const options& chosen);
  std::optional<complaint> set_date(const options& chosen);
  void set_id(const options& chosen);

  std::vector<mailmote::mime::mailbox> to_{}, cc_{}, bcc_{}, reply_to_{};
  std::vector<mailmote::mime::header> headers_{};
  std::vector<mailmote::mime::part> images_{}, attachments_{};
  std::vector<std::unique_ptr<message_file>> files_{};
  std::string text_{}, html_{};
  std::string device_{};
  std::uint64_t boot_ = 0;
  bool is_named_ = false;
  mailmote::mime::fields fields_{};
  mailmote::mime::message mail_{fields_};
};

}  // namespace mailmote_send
