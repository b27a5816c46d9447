// SPDX-License-Identifier: BSL-1.0
// Whatever octets an author gives: what is composed of them decodes to them, in short lines of
// printable ASCII. For libFuzzer; the input's first octets choose what is tried, and how often the
// rest is repeated, so that few octets make a long text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/mime/encoding_choice.hpp>
#include <mailmote/mime/file_name.hpp>
#include <mailmote/mime/message.hpp>

namespace {

namespace ascii = mailmote::ascii;
namespace mime = mailmote::mime;
namespace text = mailmote::text;
using mailmote::body_limits;
using mailmote::body_source;
using mailmote::errc;
using mailmote::io_result;
using mailmote::io_status;
using mailmote::unknown_length;

void demand(bool holds, const char* what, std::string_view in, std::string_view out) {
  if (holds) return;
  std::fprintf(stderr, "%s: of %zu octets came\n%.*s\n", what, in.size(),
               static_cast<int>(out.size()), out.data());
  std::abort();
}

int hex(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

// Of `=XX` or `%XX` text; a soft line break is nothing.
std::string decode_marked(std::string_view s, char mark) {
  std::string all;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == mark && s.substr(i + 1, 2) == "\r\n") {
      i += 2;
    } else if (s[i] == mark) {
      all += static_cast<char>(hex(s[i + 1]) * 16 + hex(s[i + 2]));
      i += 2;
    } else {
      all += s[i];
    }
  }
  return all;
}

std::string decode_base64(std::string_view s) {
  std::string all;
  text::base64_decoder decoder;
  for (const char c : s) {
    if (c == '\r' || c == '\n') continue;
    char octet = 0;
    const int n = decoder.decode(c, octet);
    demand(n >= 0, "no base64", s, s);
    if (n == 1) all += octet;
  }
  demand(decoder.complete(), "half a group of base64", s, s);
  return all;
}

std::string repaired(std::string_view s) {
  std::string all;
  while (!s.empty()) all += text::take_character(s);
  return all;
}

// Lines of a text end in CRLF, and a CR alone is no line end.
std::string in_lines(std::string_view s) {
  std::string all;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r')) all += '\r';
    all += s[i];
  }
  return all;
}

// No line over `most`, no blank at its end, nothing but printable ASCII.
void check_lines(std::string_view in, std::string_view out, std::size_t most) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\r' && i + 1 < out.size() && out[i + 1] == '\n') {
      demand(length == 0 || (out[i - 1] != ' ' && out[i - 1] != '\t'), "a blank at a line's end",
             in, out);
      length = 0;
      ++i;
      continue;
    }
    demand(ascii::is_printable(out[i]) || out[i] == '\t', "a forbidden octet", in, out);
    demand(++length <= most, "a line too long", in, out);
  }
}

// Gives its octets in pieces of 1 to 7, and says "not yet" before every third.
class halting_source final : public body_source {
 public:
  explicit halting_source(std::string_view octets) : octets_{octets} {}

  errc begin(body_limits) noexcept override {
    rest_ = octets_;
    calls_ = 0;
    return errc::none;
  }
  io_result read_some(std::span<char> out) noexcept override {
    if (++calls_ % 3 == 0) return io_status::want_read;
    const std::size_t n = rest_.copy(out.data(), std::min(out.size(), 1 + calls_ % 7));
    rest_.remove_prefix(n);
    return n > 0 ? io_result::moved(n) : io_status::closed;
  }
  std::uint64_t length() const noexcept override { return octets_.size(); }

 private:
  std::string_view octets_;
  std::string_view rest_{};
  std::size_t calls_ = 0;
};

// Reads to the end, in pieces of at most `room`.
template <class Source>
std::string pull(Source& from, std::size_t room) {
  std::string all;
  std::string piece(room, '\0');
  for (;;) {
    const io_result result = from.read_some(piece);
    if (result.ok()) all.append(piece, 0, result.count());
    if (!result.ok() && result.status() != io_status::want_read) return all;
  }
}

// From memory, and from a source; the error is the same.
std::string encode(std::string_view in, mime::encoding as, mime::content_form form,
                   std::size_t room, errc expected = errc::none) {
  constexpr auto replace = mime::broken_utf8::replace;
  mime::body_encoder encoder;
  encoder.begin(in, as, form, replace);
  std::string all = pull(encoder, room);
  halting_source source{in};
  demand(source.begin({}) == errc::none, "not begun", in, all);
  mime::body_encoder from_source;
  from_source.begin(source, as, form, replace);
  const std::string same = pull(from_source, room);
  demand(encoder.error() == expected && from_source.error() == expected, "an error", in, all);
  demand(expected != errc::none || same == all, "a source encodes otherwise", all, same);
  return all;
}

// Whether a text may go as it is.
bool can_stand(std::string_view lines, bool eight_bit) {
  std::size_t begin = 0;
  while (begin <= lines.size()) {
    const std::size_t end = std::min(lines.find("\r\n", begin), lines.size());
    const std::string_view line = lines.substr(begin, end - begin);
    for (const char c : line) {
      if (c == '\0' || c == '\r' || (ascii::is_non_ascii(c) && !eight_bit)) return false;
    }
    if (line.size() > 998 || line.starts_with("--=_")) return false;
    begin = end + 2;
  }
  return true;
}

void try_body(std::string_view in, mime::content_use use, std::size_t room) {
  const bool is_text = use == mime::content_use::text;
  const auto form = is_text ? mime::content_form::text : mime::content_form::octets;
  const std::string expected = is_text ? in_lines(repaired(in)) : std::string{in};
  const std::string quoted = encode(in, mime::encoding::quoted_printable, form, room);
  check_lines(in, quoted, 76);
  demand(quoted.find("=_") == std::string::npos, "a boundary in quoted-printable", in, quoted);
  demand(decode_marked(quoted, '=') == expected, "decodes otherwise", in, quoted);
  const std::string base64 = encode(in, mime::encoding::base64, form, room);
  check_lines(in, base64, 76);
  demand(decode_base64(base64) == expected, "decodes otherwise", in, base64);

  // As it is, where it may; and what is chosen for it where that is left open, or will not do.
  const std::string lines = is_text ? expected : in_lines(in);
  mime::body_encoder any;
  for (const bool eight_bit : {false, true}) {
    const auto as = eight_bit ? mime::encoding::eight_bit : mime::encoding::seven_bit;
    const bool stands = can_stand(lines, eight_bit);
    const auto as_it_is = mime::form_of(use, as);
    const std::string whole = encode(in, as, as_it_is, room, stands ? errc::none : errc::bad_part);
    demand(!stands || whole == lines, "is not as it was", in, whole);
    const auto shorter =
        base64.size() < quoted.size() ? mime::encoding::base64 : mime::encoding::quoted_printable;
    demand(mime::choose_encoding({in, as}, use, eight_bit, any) == (stands ? as : shorter),
           "chosen otherwise", in, {});
    const bool seven = is_text && can_stand(lines, false);
    demand(mime::choose_encoding(in, use, eight_bit, any) ==
               (seven ? mime::encoding::seven_bit : shorter),
           "chosen otherwise", in, {});
  }
}

std::string unfold(std::string_view s) {
  std::string all;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s.substr(i, 2) == "\r\n") {
      ++i;
    } else {
      all += s[i];
    }
  }
  return all;
}

// A header's value: unfolded, and its encoded words read.
std::string decode_header(std::string_view s) {
  const std::string unfolded = unfold(s);
  constexpr std::string_view begin = "=?utf-8?";
  std::string all;
  std::string_view rest = unfolded;
  rest.remove_prefix(1);
  if (!rest.starts_with(begin)) return std::string{rest};
  while (rest.starts_with(begin)) {
    const char as = rest[begin.size()];
    rest.remove_prefix(begin.size() + 2);
    const std::size_t end = rest.find("?=");
    std::string word{rest.substr(0, end)};
    if (as == 'q') {
      for (char& c : word) c = c == '_' ? ' ' : c;
    }
    const std::string text = as == 'q' ? decode_marked(word, '=') : decode_base64(word);
    demand(text::is_utf8(text), "a character is split", s, s);
    all += text;
    rest.remove_prefix(end + 2);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  demand(rest.empty(), "not all of it is encoded", s, s);
  return all;
}

// A display name: atoms, a quoted string, or encoded words.
std::string decode_phrase(std::string_view s) {
  const std::string unfolded = unfold(s);
  if (!unfolded.starts_with(" \"")) return decode_header(s);
  demand(unfolded.size() > 2 && unfolded.ends_with('"'), "no end of a quoted string", s, s);
  std::string all;
  for (std::size_t i = 2; i + 1 < unfolded.size(); ++i) {
    demand(unfolded[i] != '"', "an end amid a quoted string", s, s);
    if (unfolded[i] == '\\') ++i;
    demand(i + 1 < unfolded.size(), "no end of a quoted string", s, s);
    all += unfolded[i];
  }
  return all;
}

template <class Put>
std::string header(Put put) {
  std::string room(1 << 16, '\0');
  text::piece_writer out{room, 0};
  mime::header_writer writer{out, 0, false};
  put(writer);
  demand(out.complete(), "not complete", {}, {});
  return room.substr(0, out.written());
}

void try_header(std::string_view in) {
  if (in.empty() || ascii::has_control(in)) return;
  const std::string text = header([&](mime::header_writer& out) {
    out.put("Subject:");
    out.unstructured(in);
  });
  check_lines(in, text, 998);
  demand(decode_header(std::string_view{text}.substr(8)) == repaired(in), "reads otherwise", in,
         text);

  const std::string phrase = header([&](mime::header_writer& out) { out.phrase(in); });
  check_lines(in, phrase, 76);
  demand(decode_phrase(phrase) == repaired(in), "reads otherwise", in, phrase);

  const std::string name = header([&](mime::header_writer& out) { mime::put_file_name(out, in); });
  check_lines(in, name, 76);
  if (name[name.find('=') + 1] == '"') return;  // as it is, in quotes
  std::string value;
  for (std::size_t at = name.find("*="); at != std::string::npos; at = name.find("*=", at + 1)) {
    const std::size_t begin = name.compare(at + 2, 7, "utf-8''") == 0 ? at + 9 : at + 2;
    value += decode_marked(name.substr(begin, name.find(";\r\n", begin) - begin), '%');
  }
  demand(value == repaired(in), "reads otherwise", in, name);
}

// A message whose boundaries are none.
std::string without_boundaries(std::string all) {
  for (std::size_t at = 0; (at = all.find("\r\n--=_", at)) != std::string::npos;) all[at + 4] = '_';
  return all;
}

// A whole message, in two sizes of room; its files are in memory, or come from a source.
void try_message(std::string_view in, bool from_sources, std::size_t room) {
  halting_source text{in};
  halting_source file{in};
  const mime::content body = from_sources ? mime::content{text} : mime::content{in};
  const mime::content octets = from_sources ? mime::content{file} : mime::content{in};
  const mime::part files[] = {{octets, in, "application/x-fuzz", ""}};
  const mime::fields with{.from = {"a@example.org", in},
                          .to = "b@example.org",
                          .subject = in,
                          .id = "1@x",
                          .broken_utf8 = mime::broken_utf8::replace,
                          .text = body,
                          .html = in,
                          .attachments = files};
  mime::message mail{with};
  std::string texts[2];
  for (std::string& all : texts) {
    if (mail.begin({}) != errc::none) {
      demand(ascii::has_control(in), "refused", in, in);
      return;
    }
    all = pull(mail, &all == texts ? room : 4096);
    const bool is_exact = mail.length() == all.size() || mail.length() == unknown_length;
    demand(is_exact, "another length", in, all);
  }
  demand(texts[0] == texts[1], "another text", in, texts[0]);
  check_lines("", texts[0].substr(0, texts[0].find("\r\n\r\n")), 998);
  // What goes as it is may have blanks at a line's end, and any octet that 7bit has.
  demand(can_stand(without_boundaries(texts[0]), false), "no mail", in, texts[0]);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): it is libFuzzer that calls it so
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  constexpr std::size_t choices = 3;
  constexpr std::size_t longest = 1'200;
  if (size < choices) return 0;
  const std::string_view once{reinterpret_cast<const char*>(octets) + choices, size - choices};
  const std::size_t times = octets[2] < 128 ? 1 : octets[2] - 126;
  std::string in;
  for (std::size_t i = 0; i < times && in.size() + once.size() <= longest; ++i) in += once;
  // A header is composed anew for each piece of it: a long one is not read octet by octet.
  const std::size_t least = in.size() > 300 ? 300 : 1;
  const std::size_t room = octets[0] % 100 + least;
  switch (octets[1] % 5) {
    case 0: try_body(in, mime::content_use::text, room); break;
    case 1: try_body(in, mime::content_use::file, room); break;
    case 2: try_header(in); break;
    case 3: try_message(in, false, room); break;
    default: try_message(in, true, room); break;
  }
  return 0;
}
