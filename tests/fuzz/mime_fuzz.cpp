// SPDX-License-Identifier: BSL-1.0
// Whatever octets an author gives: what is composed of them decodes to them, in short lines of
// printable ASCII. For libFuzzer; a word of the input's beginning chooses what is tried.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <mailmote/mime/file_name.hpp>
#include <mailmote/mime/message.hpp>

namespace {

using namespace mailmote;

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

std::string encode(std::string_view in, mime::encoding as, mime::content_form form,
                   std::size_t room) {
  mime::body_encoder encoder;
  encoder.begin(in, as, form, mime::broken_utf8::replace);
  std::string all;
  std::string piece(room, '\0');
  for (;;) {
    const io_result result = encoder.read_some(piece);
    if (!result.ok()) break;
    all.append(piece, 0, result.count());
  }
  demand(encoder.error() == errc::none, "an error", in, all);
  return all;
}

void try_body(std::string_view in, bool is_text, std::size_t room) {
  const auto form = is_text ? mime::content_form::text : mime::content_form::octets;
  const std::string expected = is_text ? in_lines(repaired(in)) : std::string{in};
  const std::string quoted = encode(in, mime::encoding::quoted_printable, form, room);
  check_lines(in, quoted, 76);
  demand(quoted.find("=_") == std::string::npos, "a boundary in quoted-printable", in, quoted);
  demand(decode_marked(quoted, '=') == expected, "decodes otherwise", in, quoted);
  const std::string base64 = encode(in, mime::encoding::base64, form, room);
  check_lines(in, base64, 76);
  demand(decode_base64(base64) == expected, "decodes otherwise", in, base64);
}

// A header's value: unfolded, and its encoded words read.
std::string decode_header(std::string_view s) {
  std::string unfolded;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s.substr(i, 2) == "\r\n") {
      ++i;
    } else {
      unfolded += s[i];
    }
  }
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

template <class Put>
std::string header(Put put) {
  std::string all;
  std::string room(1 << 15, '\0');
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

// A whole message, in two sizes of room.
void try_message(std::string_view in, std::size_t room) {
  const mime::part files[] = {{in, in, "application/x-fuzz", ""}};
  const mime::fields with{.from = {"a@example.org", in},
                          .to = "b@example.org",
                          .subject = in,
                          .id = "1@x",
                          .broken_utf8 = mime::broken_utf8::replace,
                          .text = in,
                          .html = in,
                          .attachments = files};
  mime::message mail{with};
  std::string texts[2];
  for (std::string& all : texts) {
    if (mail.begin({}) != errc::none) {
      demand(ascii::has_control(in), "refused", in, in);
      return;
    }
    std::string piece(&all == texts ? room : 4096, '\0');
    for (;;) {
      const io_result result = mail.read_some(piece);
      if (!result.ok()) break;
      all.append(piece, 0, result.count());
    }
    demand(all.size() == mail.length(), "another length", in, all);
  }
  demand(texts[0] == texts[1], "another text", in, texts[0]);
  check_lines("", texts[0].substr(0, texts[0].find("\r\n\r\n")), 998);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view in{reinterpret_cast<const char*>(octets) + 2, size - 2};
  const std::size_t room = octets[0] % 100 + 1;
  switch (octets[1] % 4) {
    case 0: try_body(in, true, room); break;
    case 1: try_body(in, false, room); break;
    case 2: try_header(in); break;
    default: try_message(in, room); break;
  }
  return 0;
}
