// SPDX-License-Identifier: BSL-1.0
// misuse.cpp: clients that must not compile, one a CASE, each with the words that the compiler's
// message has to have in it. CASE 0 is the same client as it should be.
#include <mailmote/mailmote.hpp>

using mailmote::io_result;
using mailmote::io_status;
using in = std::span<char>;
using out = std::span<const char>;

struct no_mail {
  io_result read_some(in) noexcept { return io_status::failed; }
  io_result write_some(out) noexcept { return io_status::failed; }
};

struct no_write {
  io_result read_some(in) noexcept { return io_status::failed; }
};

struct no_read {
  io_result write_some(out) noexcept { return io_status::failed; }
};

struct throwing_write {
  io_result read_some(in) noexcept { return io_status::failed; }
  io_result write_some(out) { return io_status::failed; }
};

struct throwing_read {
  io_result read_some(in) { return io_status::failed; }
  io_result write_some(out) noexcept { return io_status::failed; }
};

struct int_read {
  int read_some(in) noexcept { return 0; }
  io_result write_some(out) noexcept { return io_status::failed; }
};

struct int_write {
  io_result read_some(in) noexcept { return io_status::failed; }
  int write_some(out) noexcept { return 0; }
};

struct never_safe {
  mailmote::errc bind(no_mail&, std::string_view) noexcept { return mailmote::errc::none; }
  io_status handshake() noexcept { return io_status::failed; }
  mailmote::errc error() noexcept { return mailmote::errc::none; }
  void close() noexcept {}
  io_result read_some(in) noexcept { return io_status::failed; }
  io_result write_some(out) noexcept { return io_status::failed; }
};

struct sha_1 {
  static constexpr std::size_t size = 20;
  static constexpr std::size_t block_size = 64;
  void update(out) noexcept {}
  bool finish(std::span<char, size>) noexcept { return true; }
};

template <class Stream>
void use() {
  Stream stream;
  mailmote::no_tls tls;
  mailmote::client smtp{stream, tls, {.helo = "mote"}};
  (void)smtp.poll(0);
}

void misuse() {
  no_mail stream;
  mailmote::no_tls tls;
  const mailmote::settings with{.helo = "mote"};
  (void)stream, (void)tls, (void)with;
#if CASE == 0
  use<no_mail>();
#elif CASE == 1   // a stream without write_some: byte_stream write_some
  use<no_write>();
#elif CASE == 2   // a stream without read_some: byte_stream read_some
  use<no_read>();
#elif CASE == 3   // a write_some that may throw: byte_stream write_some noexcept
  use<throwing_write>();
#elif CASE == 4   // a read_some that may throw: byte_stream read_some noexcept
  use<throwing_read>();
#elif CASE == 5   // a read_some that answers int: byte_stream read_some io_result
  use<int_read>();
#elif CASE == 6   // a write_some that answers int: byte_stream write_some io_result
  use<int_write>();
#elif CASE == 7   // no TLS session at all: client needs tls_session no_tls
  mailmote::client smtp{stream, with};
#elif CASE == 8   // a TLS session that cannot say whether it is safe: needs tls_session is_safe
  never_safe unsafe;
  mailmote::client smtp{stream, unsafe, with};
#elif CASE == 9   // something else in the place of the TLS session: needs tls_session bind
  mailmote::client smtp{stream, stream, with};
#elif CASE == 10  // a stream that is gone at the end of the line: no_mail
  mailmote::client smtp{no_mail{}, tls, with};
#elif CASE == 11  // buffers that are too small: min_buffer buffer_sizes
  mailmote::client<no_mail, mailmote::no_tls, mailmote::buffer_sizes{.out = 32}> smtp{stream, tls,
                                                                                      with};
#elif CASE == 12  // a message whose fields are gone at the end of the line: message fields
  mailmote::mime::message mail{mailmote::mime::fields{}};
#elif CASE == 13  // a recipient who is gone at the end of the line: mailbox_list
  const mailmote::mime::fields alert{.to = mailmote::mime::mailbox{"a@example.org"}};
#elif CASE == 14  // recipients who are gone at the end of the line: mailbox_list
  const mailmote::mime::fields alert{.to = {{"a@example.org"}, {"b@example.org"}}};
#elif CASE == 15  // logins to choose from that are gone at the end of the line: strongest plain
  mailmote::sasl::strongest login{mailmote::sasl::plain{"tim", "secret"}};
#elif CASE == 16  // more logins to choose from than there may be: strongest 16
  mailmote::sasl::login l{"tim", "secret"};
  mailmote::sasl::strongest login{l, l, l, l, l, l, l, l, l, l, l, l, l, l, l, l, l};
#elif CASE == 17  // a CRAM-MD5 of a hash that is no MD5: CRAM-MD5 RFC.2195
  mailmote::sasl::cram_md5<sha_1> login{"tim", "secret"};
#elif CASE == 18  // timeouts that are gone at the end of the line: timeouts_reference
  const mailmote::settings quick{.timeouts = mailmote::timeouts{.greeting = 1000}};
#endif
}
