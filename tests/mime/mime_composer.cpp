// SPDX-License-Identifier: BSL-1.0
// mime_composer: composes what it is told on standard input, one message after the other, and holds
// each to the same octets through every size of buffer from 1 to 128. Driven by matrix.py.
//
// A message is lines of a word and strings in hexadecimal, with blanks between (`-`: empty), and ends
// with `end`. The answer is a line with the number of octets, and the octets.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/mime/message.hpp>

namespace {

namespace mime = mailmote::mime;
using mailmote::body_limits;
using mailmote::body_source;
using mailmote::errc;
using mailmote::io_result;
using mailmote::io_status;
using mailmote::unknown_length;

std::string from_hex(const std::string& hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return text;
}

// Gives its octets in pieces of 1 to 7, and says "not yet" before every third.
class halting_source final : public body_source {
 public:
  halting_source(std::string_view octets, bool tells_length)
      : octets_{octets}, tells_length_{tells_length} {}

  errc begin(body_limits) noexcept override {
    rest_ = octets_;
    calls_ = 0;
    return errc::none;
  }
  io_result read_some(std::span<char> out) noexcept override {
    if (++calls_ % 3 == 0) return io_status::want_read;
    const std::size_t n = rest_.copy(out.data(), std::min<std::size_t>(out.size(), 1 + calls_ % 7));
    rest_.remove_prefix(n);
    return n > 0 ? io_result::moved(n) : io_status::closed;
  }
  std::uint64_t length() const noexcept override {
    return tells_length_ ? octets_.size() : unknown_length;
  }

 private:
  std::string_view octets_;
  std::string_view rest_{};
  std::size_t calls_ = 0;
  bool tells_length_;
};

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "mime_composer: " << why << '\n';
  std::exit(EXIT_FAILURE);
}

std::string pull(mime::message& mail, std::size_t size, body_limits limits) {
  const errc error = mail.begin(limits);
  if (error != errc::none) {
    const mime::fault found = mail.check(limits);
    give_up("begin: " + std::to_string(static_cast<int>(error)) + " " + std::string{found.field});
  }
  std::string all;
  std::vector<char> room(size);
  for (;;) {
    const io_result result = mail.read_some(room);
    if (result.ok()) all.append(room.data(), result.count());
    if (result.status() == io_status::failed) give_up("failed at " + std::to_string(all.size()));
    if (result.status() == io_status::closed) break;
  }
  const bool is_exact = mail.length() == all.size() || mail.length() == unknown_length;
  if (!is_exact) give_up("length is " + std::to_string(all.size()));
  return all;
}

class composer {
 public:
  void run() {
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words{line};
      std::string word;
      words >> word;
      if (word == "end") {
        answer();
        *this = {};
        continue;
      }
      std::vector<std::string_view> strings;
      for (std::string hex; words >> hex;) strings.push_back(keep(hex == "-" ? "" : from_hex(hex)));
      take(word, strings);
    }
  }

 private:
  std::string_view keep(std::string text) {
    return strings_.emplace_back(std::make_unique<std::string>(std::move(text))).operator*();
  }

  // CONTENT ENCODING KIND, where kind is m(emory), s(ource) or u(nknown length).
  mime::content content(const std::vector<std::string_view>& words, std::size_t i) {
    using mime::encoding;
    const auto as = static_cast<encoding>(words[i + 1][0] - '0');
    if (words[i + 2] == "m") return {words[i], as};
    sources_.push_back(std::make_unique<halting_source>(words[i], words[i + 2] == "s"));
    return {*sources_.back(), as};
  }

  void take(const std::string& word, const std::vector<std::string_view>& s) {
    const auto number = [&](std::size_t i) { return std::stoll(std::string{s[i]}); };
    if (word == "from") with_.from = {s[0], s[1]};
    if (word == "sender") with_.sender = {s[0], s[1]};
    if (word == "reply_to") reply_to_.push_back({s[0], s[1]});
    if (word == "to") to_.push_back({s[0], s[1]});
    if (word == "cc") cc_.push_back({s[0], s[1]});
    if (word == "bcc") bcc_.push_back({s[0], s[1]});
    if (word == "subject") with_.subject = s[0];
    if (word == "date") with_.date = {number(0), static_cast<std::int16_t>(number(1))};
    if (word == "id") with_.id = s[0];
    if (word == "in_reply_to") with_.in_reply_to = s[0];
    if (word == "reference") references_.emplace_back(s[0]);
    if (word == "header") headers_.push_back({s[0], s[1]});
    if (word == "text") with_.text = content(s, 0);
    if (word == "html") with_.html = content(s, 0);
    if (word == "image") images_.push_back({content(s, 3), s[0], s[1], s[2]});
    if (word == "attachment") attachments_.push_back({content(s, 3), s[0], s[1], s[2]});
    if (word == "replace") with_.broken_utf8 = mime::broken_utf8::replace;
    if (word == "limits") limits_ = {.eight_bit = s[0] == "1", .utf8 = s[1] == "1"};
  }

  void answer() {
    with_.reply_to = reply_to_;
    with_.to = to_;
    with_.cc = cc_;
    with_.bcc = bcc_;
    with_.references = references_;
    with_.headers = headers_;
    with_.images = images_;
    with_.attachments = attachments_;
    mime::message mail{with_};
    const std::string whole = pull(mail, 65'536, limits_);
    for (std::size_t size = 1; size <= 128; ++size) {
      if (pull(mail, size, limits_) != whole) give_up("differs at " + std::to_string(size));
    }
    std::cout << whole.size() << '\n' << whole << std::flush;
  }

  std::vector<std::unique_ptr<std::string>> strings_{};
  std::vector<std::unique_ptr<halting_source>> sources_{};
  std::vector<mime::mailbox> reply_to_{}, to_{}, cc_{}, bcc_{};
  std::vector<mime::message_id> references_{};
  std::vector<mime::header> headers_{};
  std::vector<mime::part> images_{}, attachments_{};
  mime::fields with_{};
  body_limits limits_{};
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  composer{}.run();
}
