// SPDX-License-Identifier: BSL-1.0
// composition.cpp: fills in a message from the command line and from files.
#include "composition.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <random>

namespace mailmote_send {
namespace {

using mailmote::errc;
using mailmote::mime::mailbox;
using std::string_view;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<mailbox> mailboxes(const std::vector<std::string>& texts) {
  std::vector<mailbox> all;
  all.reserve(texts.size());
  for (const std::string& text : texts) all.push_back(read_mailbox(text));
  return all;
}

std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Whole, as its encoding is chosen by what is in it.
std::optional<complaint> read_text(const std::string& path, std::string& text) {
  message_file file;
  const std::string unreadable = file.open(path);
  if (!unreadable.empty()) return complaint{unreadable_file, unreadable};
  std::array<char, 16'384> piece;
  (void)file.begin({.eight_bit = true, .verbatim = true});
  for (;;) {
    const mailmote::io_result result = file.read_some(piece);
    if (!result.ok()) break;
    text.append(piece.data(), result.count());
  }
  return std::nullopt;
}

std::int16_t minutes_east_at(std::time_t seconds) {
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return static_cast<std::int16_t>(local.tm_gmtoff / 60);
}

// Z, GMT, +0100, +01:00 or nothing at all.
bool read_zone(string_view text, std::optional<int>& minutes_east) {
  text = trimmed(text);
  if (text.empty()) return true;
  minutes_east = 0;
  if (text == "Z" || text == "GMT" || text == "UT" || text == "UTC") return true;
  std::string digits{text.substr(1)};
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  const bool is_number =
      digits.size() == 4 && digits.find_first_not_of("0123456789") == digits.npos;
  if (!is_number || (text[0] != '+' && text[0] != '-')) return false;
  const int hours = std::stoi(digits.substr(0, 2));
  const int minutes = std::stoi(digits.substr(2));
  minutes_east = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
  return minutes < 60;
}

}  // namespace

mailbox read_mailbox(string_view text) {
  const std::size_t begin = text.rfind('<');
  if (begin == string_view::npos || !text.ends_with('>')) return {text};
  return {text.substr(begin + 1, text.size() - begin - 2), trimmed(text.substr(0, begin))};
}

std::optional<mailmote::mime::date_time> read_date(const std::string& text) {
  const bool is_number =
      !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == text.npos;
  if (is_number) {
    const std::int64_t seconds = std::stoll(text);
    return mailmote::mime::date_time{seconds, minutes_east_at(seconds)};
  }
  std::tm when{};
  const char* rest = nullptr;
  for (const char* const form :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
        "%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M", "%d %b %Y %H:%M"}) {
    when = {};
    rest = ::strptime(text.c_str(), form, &when);
    if (rest != nullptr) break;
  }
  std::optional<int> minutes_east;
  if (rest == nullptr || !read_zone(rest, minutes_east)) return std::nullopt;
  when.tm_isdst = -1;
  std::int64_t seconds = 0;
  if (minutes_east) {
    seconds = ::timegm(&when) - std::int64_t{*minutes_east} * 60;
  } else {
    seconds = ::mktime(&when);
    minutes_east = minutes_east_at(seconds);
  }
  const mailmote::mime::date_time date{seconds, static_cast<std::int16_t>(*minutes_east)};
  return date.is_valid() ? std::optional{date} : std::nullopt;
}

string_view media_type_of(string_view file_name) {
  struct known {
    string_view extension;
    string_view type;
  };
  constexpr known all[] = {{"bmp", "image/bmp"},        {"bz2", "application/x-bzip2"},
                           {"css", "text/css"},         {"csv", "text/csv"},
                           {"gif", "image/gif"},        {"gz", "application/gzip"},
                           {"htm", "text/html"},        {"html", "text/html"},
                           {"ics", "text/calendar"},    {"jpeg", "image/jpeg"},
                           {"jpg", "image/jpeg"},       {"json", "application/json"},
                           {"log", "text/plain"},       {"md", "text/markdown"},
                           {"mp3", "audio/mpeg"},       {"mp4", "video/mp4"},
                           {"pdf", "application/pdf"},  {"png", "image/png"},
                           {"svg", "image/svg+xml"},    {"tar", "application/x-tar"},
                           {"tif", "image/tiff"},       {"tiff", "image/tiff"},
                           {"txt", "text/plain"},       {"wav", "audio/x-wav"},
                           {"webp", "image/webp"},      {"xml", "application/xml"},
                           {"xz", "application/x-xz"},  {"zip", "application/zip"},
                           {"zst", "application/zstd"}, {"7z", "application/x-7z-compressed"}};
  const std::size_t dot = file_name.rfind('.');
  const string_view extension = dot == file_name.npos ? string_view{} : file_name.substr(dot + 1);
  for (const known& one : all) {
    if (mailmote::ascii::equal_ignoring_case(one.extension, extension)) return one.type;
  }
  return "application/octet-stream";
}

std::optional<complaint> composition::attach(const std::vector<std::string>& paths, bool is_inline,
                                             std::vector<mailmote::mime::part>& parts) {
  for (const std::string& path : paths) {
    files_.push_back(std::make_unique<message_file>());
    const std::string unreadable = files_.back()->open(path);
    if (!unreadable.empty()) return complaint{unreadable_file, unreadable};
    const string_view name = file_name_of(path);
    parts.push_back({.octets = *files_.back(),
                     .file_name = name,
                     .type = media_type_of(name),
                     .content_id = is_inline ? name : string_view{}});
  }
  return std::nullopt;
}

std::optional<complaint> composition::set_date(const options& chosen) {
  const std::time_t now = std::time(nullptr);
  fields_.date = {now, minutes_east_at(now)};
  if (!chosen.date) return std::nullopt;
  const auto date = read_date(*chosen.date);
  if (!date) return complaint{usage, "--date needs Unix seconds, RFC 5322 or ISO 8601"};
  fields_.date = *date;
  return std::nullopt;
}

std::optional<complaint> composition::read_headers(const options& chosen) {
  for (const std::string& line : chosen.headers) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return complaint{usage, "--header needs 'Name: value'"};
    headers_.push_back(
        {string_view{line}.substr(0, colon), trimmed(string_view{line}.substr(colon + 1))});
  }
  fields_.headers = headers_;
  return std::nullopt;
}

std::optional<complaint> composition::read_body(const options& chosen) {
  text_ = chosen.text.value_or("");
  html_ = chosen.html.value_or("");
  if (chosen.text_file) {
    if (auto wrong = read_text(*chosen.text_file, text_)) return wrong;
  }
  if (chosen.html_file) {
    if (auto wrong = read_text(*chosen.html_file, html_)) return wrong;
  }
  if (auto wrong = attach(chosen.inline_files, true, images_)) return wrong;
  if (auto wrong = attach(chosen.attachments, false, attachments_)) return wrong;
  if (chosen.text || chosen.text_file) fields_.text = text_;
  if (chosen.html || chosen.html_file) fields_.html = html_;
  fields_.images = images_;
  fields_.attachments = attachments_;
  return std::nullopt;
}

void composition::set_id(const options& chosen) {
  if (chosen.message_id) {
    string_view id = *chosen.message_id;
    if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
    fields_.id = id;
    is_named_ = true;
    return;
  }
  const string_view address = fields_.from.address;
  const bool has_name = mailmote::text::is_domain(chosen.helo);
  device_ = has_name ? chosen.helo : std::string{address.substr(address.rfind('@') + 1)};
  std::random_device random;
  boot_ = (std::uint64_t{random()} << 32) | random();
  count(1);
}

std::optional<complaint> composition::fill_in(const options& chosen) {
  to_ = mailboxes(chosen.to);
  cc_ = mailboxes(chosen.cc);
  bcc_ = mailboxes(chosen.bcc);
  reply_to_ = mailboxes(chosen.reply_to);
  fields_.from = read_mailbox(*chosen.from);
  fields_.to = to_;
  fields_.cc = cc_;
  fields_.bcc = bcc_;
  fields_.reply_to = reply_to_;
  if (chosen.subject) fields_.subject = *chosen.subject;
  if (auto wrong = read_headers(chosen)) return wrong;
  if (auto wrong = set_date(chosen)) return wrong;
  if (auto wrong = read_body(chosen)) return wrong;
  set_id(chosen);
  const std::string wrong = fault({.eight_bit = true, .utf8 = true});
  return wrong.empty() ? std::nullopt : std::optional{complaint{bad_string, wrong}};
}

void composition::count(std::uint32_t n) {
  if (!is_named_) fields_.id = {device_, boot_, n};
}

std::string composition::fault(mailmote::body_limits limits) const {
  const mailmote::mime::fault found = mail_.check(limits);
  std::string what{found.field};
  const auto name_of = [&](const std::vector<mailmote::mime::part>& parts) {
    what = "the file " + std::string{parts[found.index].file_name};
  };
  if (found.field == "headers") what = "--header " + std::string{headers_[found.index].name};
  if (found.field == "attachments") name_of(attachments_);
  if (found.field == "images") name_of(images_);
  switch (found.error) {
    case errc::none: return {};
    case errc::bad_utf8: return what + " is no UTF-8";
    case errc::smtputf8_needed: return what + " has an address that needs SMTPUTF8";
    default: return what + " cannot be written into a mail";
  }
}

}  // namespace mailmote_send
