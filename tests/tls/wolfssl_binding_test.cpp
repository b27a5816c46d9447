// SPDX-License-Identifier: BSL-1.0
// What a login is tied to: the same at both ends of a connection, and on no other.
#include <doctest/doctest.h>

#include <mailmote/tls/wolfssl_binding.hpp>

#include <string>
#include <string_view>
#include <type_traits>

#include <tls/tls_pair.hpp>

using namespace mailmote;
using namespace support;

namespace {

// Nothing is done by these before main, and nothing at exit.
constinit wolfssl::context nobody{{}};
constinit wolfssl::bindable_session unused{nobody};
constinit wolfssl::server_end_point unused_end_point{unused};
static_assert(std::is_trivially_destructible_v<wolfssl::bindable_session>);
static_assert(std::is_trivially_destructible_v<wolfssl::server_end_point>);
static_assert(tls_session<wolfssl::bindable_session, pipe_end>);
static_assert(sizeof(wolfssl::bindable_session) <= sizeof(wolfssl::session) + 104);
static_assert(!std::is_constructible_v<wolfssl::server_end_point, wolfssl::session&>);

using bindable_pair = basic_tls_pair<wolfssl::bindable_session>;

std::string read(channel_binding& binding) {
  char room[max_channel_binding];
  return {room, binding.read(room)};
}

std::string end_point_of(const tls_server_settings& with, const char* anchors = "ca.pem") {
  bindable_pair pair{with, anchors};
  wolfssl::server_end_point binding{pair.tls};
  CHECK(binding.name() == "tls-server-end-point");
  CHECK(read(binding).empty());
  REQUIRE(pair.connect() == errc::none);
  return read(binding);
}

#ifdef HAVE_KEYING_MATERIAL
constinit wolfssl::channel_binding unused_exporter{unused};
static_assert(std::is_trivially_destructible_v<wolfssl::channel_binding>);
static_assert(!std::is_constructible_v<wolfssl::channel_binding, wolfssl::session&>);

std::string exported_by_server(bindable_pair& pair) {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  unsigned char out[32];
  if (wolfSSL_export_keying_material(pair.server.native(), out, sizeof out, label.data(),
                                     label.size(), nullptr, 0, 1) != WOLFSSL_SUCCESS) {
    return "none";
  }
  return {reinterpret_cast<const char*>(out), sizeof out};
}
#endif

}  // namespace

#ifdef HAVE_KEYING_MATERIAL
TEST_CASE("over TLS 1.3 both ends export the same 32 octets, and others on the next connection") {
  bindable_pair pair{{.tls_1_3_only = true}};
  wolfssl::channel_binding binding{pair.tls};
  CHECK(binding.name() == "tls-exporter");
  CHECK(read(binding).empty());
  wolfSSL_KeepArrays(pair.server.native());
  REQUIRE(pair.connect() == errc::none);
  const std::string exported = read(binding);
  REQUIRE(exported.size() == 32);
  CHECK(exported == exported_by_server(pair));
  CHECK(read(binding) == exported);

  REQUIRE(pair.server.write("250 ok"));
  CHECK(pair.read_all() == "250 ok");
  CHECK(pair.tls.write_some(std::string_view{"NOOP"}).ok());
  CHECK(pair.server.read() == "NOOP");
  CHECK(read(binding) == exported);

  bindable_pair next{{.tls_1_3_only = true}};
  wolfssl::channel_binding other{next.tls};
  REQUIRE(next.connect() == errc::none);
  CHECK(read(other).size() == 32);
  CHECK(read(other) != exported);

  pair.tls.close();
  CHECK(read(binding).empty());
}

TEST_CASE("over TLS 1.2 nothing is exported, but the server's certificate binds") {
  bindable_pair pair{{.tls_1_2_only = true}};
  wolfssl::channel_binding exporter{pair.tls};
  wolfssl::server_end_point end_point{pair.tls};
  REQUIRE(pair.connect() == errc::none);
  CHECK(read(exporter).empty());
  CHECK(read(end_point) == read_file(pki("good.end_point")));
}

TEST_CASE("a buffer that is too small gets no binding, rather than a part of it") {
  bindable_pair pair;
  wolfssl::channel_binding exporter{pair.tls};
  REQUIRE(pair.connect() == errc::none);
  char room[31];
  CHECK(exporter.read(room) == 0);
}
#endif

TEST_CASE("a server is named by its certificate's hash, as the openssl command computes it") {
  CHECK(end_point_of({}) == read_file(pki("good.end_point")));
  CHECK(end_point_of({.tls_1_3_only = true}) == read_file(pki("good.end_point")));
  CHECK(end_point_of({.certificate = "rsa"}, "rsa_ca.pem") == read_file(pki("rsa.end_point")));
  CHECK(end_point_of({.certificate = "chain"}).size() == 32);
#ifdef WOLFSSL_SHA384
  CHECK(read_file(pki("sha384.end_point")).size() == 48);
  CHECK(end_point_of({.certificate = "sha384"}) == read_file(pki("sha384.end_point")));
#endif
#ifdef WOLFSSL_SHA512
  CHECK(read_file(pki("sha512.end_point")).size() == 64);
  CHECK(end_point_of({.certificate = "sha512"}) == read_file(pki("sha512.end_point")));
#endif
}

TEST_CASE("a session that was never bound to a server binds nothing") {
  CHECK(read(unused_end_point).empty());
#ifdef HAVE_KEYING_MATERIAL
  CHECK(read(unused_exporter).empty());
#endif
}

TEST_CASE("a server that is refused binds nothing, and neither does the one before it") {
  bindable_pair pair{{.certificate = "wrong_name"}};
  wolfssl::server_end_point binding{pair.tls};
  CHECK(pair.connect() == errc::tls_name_mismatch);
  CHECK(read(binding).empty());
  CHECK(pair.tls.end_point().empty());

  bindable_pair good;
  wolfssl::server_end_point bound{good.tls};
  REQUIRE(good.connect() == errc::none);
  CHECK(read(bound).size() == 32);
  CHECK(good.tls.bind(good.pipe.near, "no host") == errc::bad_host);
  CHECK(read(bound).empty());
}
