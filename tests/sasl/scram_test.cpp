// SPDX-License-Identifier: BSL-1.0
// The login in which both sides prove that they know the password (RFC 5802, RFC 7677).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <mailmote/sasl/scram.hpp>

#include "ground/read_to_end.hpp"
#include "support/login_parts.hpp"
#include "support/wolfcrypt_hash.hpp"

using namespace mailmote;
using test::foreseen_random;
using test::offer_of;
using test::sha_1;
using test::sha_256;

namespace {

constexpr std::string_view our_nonce = "AAECAwQFBgcICQoLDA0ODxAR";
constexpr std::string_view server_first =
    "r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAECAwQFBgcICQoLDA0ODw==,i=4096";

// By user and `pencil`, without channel binding.
constexpr std::string_view client_final =
    "c=biws,r=AAECAwQFBgcICQoLDA0ODxARserver,p=y3RsQAHEVtvfY/p+LTKv9+ds7v+whVCc2znWl8HFN3I=";
constexpr std::string_view server_final = "v=SsNmuzybRqHko87gvAlaNmXUQdJsnHrpU2ZTuy4Q/EQ=";

constexpr std::string_view salt{"\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16};

struct fixed_binding final : channel_binding {
  fixed_binding(std::string_view name, std::size_t size) : name_{name}, size_{size} {}
  std::string_view name() const noexcept override { return name_; }
  std::size_t read(std::span<char> out) noexcept override {
    REQUIRE(out.size() == max_channel_binding);
    for (std::size_t i = 0; i < size_; ++i) out[i] = static_cast<char>(i);
    return size_;
  }
  std::string_view name_;
  std::size_t size_;
};

errc hear(sasl::mechanism& login, std::string_view message) {
  login.challenge(message);
  return login.respond();
}

// One whole exchange, in rooms of one size.
void check_exchange(sasl::mechanism& login, std::string_view token, std::string_view first,
                    std::string_view server_first_message, std::string_view final,
                    std::string_view server_final_message, std::size_t room = 100) {
  CHECK(login.select(offer_of({token})) == errc::none);
  CHECK(sasl::name(login.selected()) == token);
  CHECK(login.initial_response() == first.size());
  CHECK(read_to_end(login, room) == first);
  CHECK(hear(login, server_first_message) == errc::none);
  CHECK(read_to_end(login, room) == final);
  CHECK(login.accept() == errc::auth_server_unproven);
  CHECK(hear(login, server_final_message) == errc::none);
  CHECK(read_to_end(login, room) == "");
  CHECK(login.accept() == errc::none);
}

// What the server's first message makes of a login.
errc after_first(std::string_view message, std::uint32_t max_iterations = 100'000) {
  foreseen_random random{our_nonce};
  sasl::scram<sha_256> login{"user", "pencil", random, {.max_iterations = max_iterations}};
  CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
  return hear(login, message);
}

// What the server's last message makes of a login.
errc after_final(std::string_view message, errc accepted = errc::auth_server_unproven) {
  static const auto keys = sasl::scram_keys<sha_256>::derive("pencil", salt, 4096);
  foreseen_random random{our_nonce};
  sasl::scram<sha_256> login{"user", keys, random};
  CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
  CHECK(hear(login, server_first) == errc::none);
  CHECK(read_to_end(login, 100) == client_final);
  const errc result = hear(login, message);
  CHECK(login.accept() == accepted);
  if (result == errc::none) CHECK(read_to_end(login, 100) == "");
  CHECK(hear(login, "") == errc::bad_challenge);
  CHECK(hear(login, server_final) == errc::bad_challenge);
  CHECK(login.accept() == accepted);
  return result;
}

}  // namespace

// ---- what is said --------------------------------------------------------------------------

TEST_CASE("the example of RFC 5802 section 5 comes out as it stands there") {
  foreseen_random random{"fyko+d2lbbFgONRv9qkxdawL"};
  for (const std::size_t room : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    sasl::scram<sha_1> login{"user", "pencil", random};
    check_exchange(login, "SCRAM-SHA-1", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                   "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                   "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                   "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                   "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", room);
  }
}

TEST_CASE("the example of RFC 7677 section 3 comes out as it stands there") {
  foreseen_random random{"rOprNGfwEbeRWgbNEkqO"};
  for (const std::size_t room : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    sasl::scram<sha_256, 15> login{"user", "pencil", random};
    check_exchange(login, "SCRAM-SHA-256", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                   "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                   "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                   "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                   "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                   "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", room);
  }
}

TEST_CASE("tls-exporter is proven by SCRAM-SHA-256-PLUS, with names that have commas in them") {
  foreseen_random random{our_nonce};
  fixed_binding binding{"tls-exporter", 32};
  sasl::scram<sha_256> login{
      "a=b,c", "pencil", random, {.binding = &binding, .authorization = "d,e=f"}};
  for (std::size_t room = 1; room <= 60; ++room) {
    check_exchange(
        login, "SCRAM-SHA-256-PLUS",
        "p=tls-exporter,a=d=2Ce=3Df,n=a=3Db=2Cc,r=AAECAwQFBgcICQoLDA0ODxAR", server_first,
        "c=cD10bHMtZXhwb3J0ZXIsYT1kPTJDZT0zRGYsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,"
        "r=AAECAwQFBgcICQoLDA0ODxARserver,p=XplrGQDqTk8YcwNQcKnEm9ZkEq0raVFaUDfpPVpml5c=",
        "v=3MFOdX4ePaQHVlG2e92N1tYqEFriYmY1qP+N/OWh+7o=", room);
  }
}

TEST_CASE("tls-server-end-point of the longest kind is proven by SCRAM-SHA-1-PLUS") {
  foreseen_random random{our_nonce};
  fixed_binding binding{"tls-server-end-point", 64};
  sasl::scram<sha_1> login{"user", "pencil", random, {.binding = &binding}};
  check_exchange(
      login, "SCRAM-SHA-1-PLUS", "p=tls-server-end-point,,n=user,r=AAECAwQFBgcICQoLDA0ODxAR",
      "r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAECAwQFBgcICQoLDA0ODw==,i=4097",
      "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp"
      "KissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==,r=AAECAwQFBgcICQoLDA0ODxARserver,"
      "p=LhAt7+bybKaN2FHzeWRxJ9Rus/8=",
      "v=EsaARBYOcUTzZsKQ1O03aBvbauI=");
}

TEST_CASE("a binding that the server does not offer is said to be there") {
  foreseen_random random{our_nonce};
  fixed_binding binding{"tls-exporter", 32};
  sasl::scram<sha_256> login{"user", "pencil", random, {.binding = &binding}};
  check_exchange(login, "SCRAM-SHA-256", "y,,n=user,r=AAECAwQFBgcICQoLDA0ODxAR", server_first,
                 "c=eSws,r=AAECAwQFBgcICQoLDA0ODxARserver,"
                 "p=zwFcaMI0TucV4l+P6zUMh/Nd7mpjoplr3ami3FD8zYE=",
                 "v=oexioWkljIWwFtEsySyc+wzBaIA7Mdn6FoujiiloFsM=");
}

TEST_CASE("SCRAM is bound where both sides can, and chosen only where it is offered") {
  const auto first = [](channel_binding* binding, std::initializer_list<std::string_view> offered) {
    foreseen_random random{our_nonce};
    sasl::scram<sha_256> login{"user", "pencil", random, {.binding = binding}};
    const errc bad = login.select(offer_of(offered));
    if (bad == errc::auth_unavailable) {
      CHECK(read_to_end(login, 100) == "");
      return std::string{"unavailable"};
    }
    CHECK(bad == errc::none);
    const std::string header = read_to_end(login, 100);
    return std::string{sasl::name(login.selected())} + ' ' + header.substr(0, header.find(','));
  };
  fixed_binding binding{"tls-exporter", 32};
  fixed_binding empty{"tls-exporter", 0};
  CHECK(first(&binding, {"SCRAM-SHA-256-PLUS"}) == "SCRAM-SHA-256-PLUS p=tls-exporter");
  CHECK(first(&binding, {"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}) ==
        "SCRAM-SHA-256-PLUS p=tls-exporter");
  CHECK(first(&binding, {"SCRAM-SHA-256"}) == "SCRAM-SHA-256 y");
  for (channel_binding* none :
       {static_cast<channel_binding*>(nullptr), static_cast<channel_binding*>(&empty)}) {
    CHECK(first(none, {"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}) == "SCRAM-SHA-256 n");
    CHECK(first(none, {"SCRAM-SHA-256-PLUS"}) == "unavailable");
  }
  CHECK(first(&binding, {"SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "PLAIN"}) == "unavailable");
  CHECK(first(&binding, {}) == "unavailable");
}

TEST_CASE("SCRAM says what it is") {
  foreseen_random random{our_nonce};
  sasl::scram<sha_256> login{"user", "pencil", random};
  CHECK(login.selected() == sasl::kind::scram_sha_256);
  CHECK_FALSE(login.reveals_secret());
  CHECK_FALSE(login.select_next());
  CHECK(login.accept() == errc::auth_server_unproven);
  CHECK(sasl::scram<sha_1>{"user", "pencil", random}.selected() == sasl::kind::scram_sha_1);
}

TEST_CASE("without random numbers SCRAM says nothing") {
  foreseen_random random{our_nonce};
  random.has_some = false;
  sasl::scram<sha_256> login{"user", "pencil", random};
  CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::auth_no_random);
  CHECK(read_to_end(login, 100) == "");
}

TEST_CASE("each exchange has a nonce of its own, and what was left half said begins again") {
  foreseen_random random{our_nonce};
  sasl::scram<sha_256> login{"user", "pencil", random};
  for (const std::string_view nonce : {our_nonce, std::string_view{"fyko+d2lbbFgONRv9qkxdawL"}}) {
    random.octets = test::from_base64(nonce);
    CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
    std::string begun(5, '?');
    CHECK(login.read_some(begun).count() == 5);
    CHECK(begun == "n,,n=");
    CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
    CHECK(read_to_end(login, 100) == "n,,n=user,r=" + std::string{nonce});
  }
}

namespace {

struct no_random final : random_source {
  bool fill(std::span<char>) noexcept override { return false; }
};
constinit no_random none;
constinit sasl::scram<test::counted_hash> made_before_main{"user", "pencil", none};
constexpr sasl::scram_keys<test::counted_hash> keys_in_flash{.salt = {'s'}, .salt_size = 1};
constinit sasl::scram<test::counted_hash> made_of_keys{"user", keys_in_flash, none};

}  // namespace

TEST_CASE("a SCRAM login costs nothing before main") {
  CHECK(made_before_main.check() == errc::none);
  CHECK(made_of_keys.check() == errc::none);
}

// ---- what is checked before -----------------------------------------------------------------

TEST_CASE("a SCRAM login with a string that is not fit to be sent is named before it is sent") {
  foreseen_random random{our_nonce};
  const auto check = [&](sasl::credential username, sasl::credential password,
                         std::string_view authorization = {}) {
    return sasl::scram<sha_256>{username, password, random, {.authorization = authorization}}
        .check();
  };
  CHECK(check("user", "pencil") == errc::none);
  CHECK(check("user", "pencil", "other") == errc::none);
  CHECK(check("", "pencil") == errc::bad_username);
  CHECK(check("us\ner", "pencil") == errc::bad_username);
  CHECK(check("us\xC3\xA9r", "pencil") == errc::needs_saslprep);
  CHECK(check(sasl::prepared("us\xC3\xA9r"), "pencil") == errc::none);
  CHECK(check("user", "") == errc::bad_password);
  CHECK(check("user", "pen\tcil") == errc::bad_password);
  CHECK(check("user", "p\xC3\xA9ncil") == errc::needs_saslprep);
  CHECK(check("user", sasl::prepared("p\xC3\xA9ncil")) == errc::none);
  CHECK(check("user", "pencil", "o\x7Fther") == errc::bad_authorization);
  CHECK(check("user", "pencil", "\xC3\xB6ther") == errc::needs_saslprep);
}

TEST_CASE("a SCRAM login by keys needs no password") {
  foreseen_random random{our_nonce};
  const sasl::scram_keys<sha_256> keys;
  CHECK(sasl::scram<sha_256>{"user", keys, random}.check() == errc::none);
  CHECK(sasl::scram<sha_256>{"", keys, random}.check() == errc::bad_username);
}

// ---- what the server says -------------------------------------------------------------------

TEST_CASE("a server's first message is taken only as RFC 5802 has it") {
  const std::string nonce = "r=" + std::string{our_nonce};
  CHECK(after_first(server_first) == errc::none);
  CHECK(after_first(std::string{server_first} + ",x=unknown,m=late") == errc::none);
  for (const std::string& message : std::initializer_list<std::string>{
           std::string{},
           std::string{"r="},
           std::string{server_first.substr(0, server_first.find(",s="))},
           std::string{server_first.substr(0, server_first.find(",i="))},
           "m=ext," + std::string{server_first},
           nonce + ",s=AAEC,i=4096",                // not longer than ours
           nonce.substr(0, 25) + ",s=AAEC,i=4096",  // shorter
           "r=BAECAwQFBgcICQoLDA0ODxARserver,s=AAEC,i=4096",
           "r=,s=AAEC,i=4096",
           "R=AAECAwQFBgcICQoLDA0ODxARserver,s=AAEC,i=4096",
           nonce + "server,i=4096,s=AAEC",
           "s=AAEC," + nonce + "server,i=4096",
           nonce + "server,,s=AAEC,i=4096",
           nonce + "server,s=,i=4096",
           nonce + "server,s=AAE,i=4096",
           nonce + "server,s=A!EC,i=4096",
           nonce + "server,s====,i=4096",
           nonce + "server,s=AAEC,i=",
           nonce + "server,s=AAEC,i=04096",
           nonce + "server,s=AAEC,i=0",
           nonce + "server,s=AAEC,i=-4096",
           nonce + "server,s=AAEC,i=4096x",
           nonce + "server,s=AAEC,i=4096 ",
           nonce + "server,s=AAEC,i",
       }) {
    CAPTURE(message);
    CHECK(after_first(message) == errc::bad_challenge);
  }
}

TEST_CASE("a count of iterations is neither too small to be safe nor too large to be done") {
  const auto count = [](std::string_view n, std::uint32_t most) {
    return after_first("r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAEC,i=" + std::string{n}, most);
  };
  constexpr std::uint32_t any = 0xFFFF'FFFF;
  for (const std::string_view n : {"1", "4095"}) CHECK(count(n, any) == errc::auth_iterations);
  for (const std::string_view n : {"4096", "100000"}) CHECK(count(n, 100'000) == errc::none);
  for (const std::string_view n : {"100001", "2147483648", "4294967296", "4294971392",
                                   "18446744073709555712", "99999999999999999999999999"}) {
    CAPTURE(n);
    CHECK(count(n, 100'000) == errc::auth_iterations);
  }
  for (const std::string_view n : {"2147483648", "4294967289"}) CHECK(count(n, any) == errc::none);
  for (const std::string_view n : {"4294967296", "4294971392", "42949672960"}) {
    CHECK(count(n, any) == errc::auth_iterations);
  }
}

TEST_CASE("a first message of 512 octets is held, and one of 513 is not") {
  std::string message{server_first};
  message += ",x=";
  message.resize(sasl::max_scram_message, 'x');
  CHECK(after_first(message) == errc::none);
  CHECK(after_first(message + 'x') == errc::challenge_too_long);
  CHECK(after_first(message + std::string(100'000, 'x')) == errc::challenge_too_long);
}

TEST_CASE("a salt may be longer than those that are kept") {
  foreseen_random random{our_nonce};
  sasl::scram_keys<sha_256> kept;
  sasl::scram<sha_256> login{"user", "pencil", random, {.remember = &kept}};
  check_exchange(login, "SCRAM-SHA-256", "n,,n=user,r=AAECAwQFBgcICQoLDA0ODxAR",
                 "r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIS"
                 "IjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5"
                 "fYGFiYw==,i=4096",
                 "c=biws,r=AAECAwQFBgcICQoLDA0ODxARserver,"
                 "p=k/Jp0M17yOoBtkWsI7MZT2lUoUhykPp9I4oXIDZofK0=",
                 "v=da865YrmFhTkGEMChkef3fBSv93OCyfoEdcYRKo+KKQ=");
  CHECK(kept.salt_size == 0);
  CHECK(kept.iterations == 0);
}

TEST_CASE("only the server's own signature ends a login well, and nothing comes after it") {
  CHECK(after_final(server_final, errc::none) == errc::none);
  CHECK(after_final(std::string{server_final} + ",x=unknown", errc::none) == errc::none);
}

TEST_CASE("a server's signature with one bit changed, cut or made longer is no signature") {
  const std::string right = test::from_base64(server_final.substr(2));
  for (std::size_t bit = 0; bit < 8 * right.size(); ++bit) {
    std::string wrong = right;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
    CHECK(after_final("v=" + test::to_base64(wrong)) == errc::auth_server_unproven);
  }
  for (std::size_t size = 1; size < right.size(); ++size) {
    CHECK(after_final("v=" + test::to_base64(right.substr(0, size))) == errc::auth_server_unproven);
  }
  CHECK(after_final("v=" + test::to_base64(right + 'x')) == errc::auth_server_unproven);
}

TEST_CASE("a last message that is no signature and no error is none of SCRAM's") {
  for (const std::string_view message :
       {std::string_view{}, std::string_view{"v="}, std::string_view{"v=!!!!"}, server_first,
        std::string_view{"V=AAEC"}, std::string_view{"x=1,v=AAEC"}, server_final.substr(2)}) {
    CAPTURE(message);
    CHECK(after_final(message) == errc::bad_challenge);
  }
  CHECK(after_final(server_final.substr(0, server_final.size() - 1)) == errc::bad_challenge);
}

TEST_CASE("a last message over the bound is not looked at") {
  const auto keys = sasl::scram_keys<sha_256>::derive("pencil", salt, 4096);
  foreseen_random random{our_nonce};
  sasl::scram<sha_256> login{"user", keys, random};
  CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
  CHECK(hear(login, server_first) == errc::none);
  CHECK(read_to_end(login, 100) == client_final);
  CHECK(hear(login, std::string{server_final} + std::string(512, ',')) == errc::challenge_too_long);
  CHECK(login.accept() == errc::auth_server_unproven);
}

TEST_CASE("a server's error is heard in silence, and no success can follow it") {
  CHECK(after_final("e=invalid-proof") == errc::none);
}

// ---- the keys --------------------------------------------------------------------------------

TEST_CASE("keys are derived as RFC 5802 has it") {
  const auto keys = sasl::scram_keys<sha_256>::derive("pencil", salt, 4096);
  CHECK(test::to_base64({keys.client_key.data(), keys.client_key.size()}) ==
        "BW13EmoE5l1++lUSexmpJjGmlH3/97WX6aLy5fHRnLk=");
  CHECK(test::to_base64({keys.server_key.data(), keys.server_key.size()}) ==
        "dd5peBOitVnLNFu7VmwP+HiDaaw4OUCv396eVCWhYiE=");
  CHECK(keys.iterations == 4096);
  CHECK(std::string_view{keys.salt.data(), keys.salt_size} == salt);
}

TEST_CASE("keys of no iterations, or of a salt that cannot be kept, are none") {
  using keys = sasl::scram_keys<sha_256>;
  CHECK(keys::derive("pencil", std::string(64, 's'), 1).iterations == 1);
  CHECK(keys::derive("pencil", std::string(65, 's'), 4096).iterations == 0);
  CHECK(keys::derive("pencil", salt, 0).iterations == 0);
}

TEST_CASE("keys take the place of the password") {
  const auto keys = sasl::scram_keys<sha_256>::derive("pencil", salt, 4096);
  foreseen_random random{our_nonce};
  sasl::scram<sha_256> login{"user", keys, random};
  check_exchange(login, "SCRAM-SHA-256", "n,,n=user,r=AAECAwQFBgcICQoLDA0ODxAR", server_first,
                 client_final, server_final);
}

TEST_CASE("keys for another salt or count than the server's are stale") {
  foreseen_random random{our_nonce};
  const auto with = [&](std::string_view of, std::uint32_t iterations) {
    auto keys = sasl::scram_keys<sha_256>::derive("pencil", of, 1);
    keys.iterations = iterations;
    sasl::scram<sha_256> login{"user", keys, random};
    CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
    return hear(login, server_first);
  };
  CHECK(with(salt, 4096) == errc::none);
  CHECK(with(salt, 4097) == errc::auth_keys_stale);
  CHECK(with(salt.substr(0, 15), 4096) == errc::auth_keys_stale);
  CHECK(with(std::string{salt} + 'x', 4096) == errc::auth_keys_stale);
  CHECK(with(std::string{salt.substr(0, 15)} + 'x', 4096) == errc::auth_keys_stale);
  CHECK(with({}, 0) == errc::auth_keys_stale);
}

namespace {

// How many hashes an exchange takes by a login with a memory; the server is the login's own twin.
std::size_t hashes_with(sasl::scram_keys<test::counted_hash>& kept, std::string_view password,
                        std::string_view first, bool proves = true) {
  using hash = test::counted_hash;
  foreseen_random random{our_nonce};
  sasl::scram<hash> login{"user", password, random, {.remember = &kept}};
  CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
  CHECK(read_to_end(login, 100) == "n,,n=user,r=AAECAwQFBgcICQoLDA0ODxAR");
  const std::size_t before = hash::finished;
  CHECK(hear(login, first) == errc::none);
  const std::string final = read_to_end(login, 100);
  const std::size_t hashes = hash::finished - before;

  sasl::scram_challenge challenge;
  CHECK(sasl::parse(first, 100'000, challenge) == errc::none);
  const auto keys = sasl::scram_keys<hash>::derive(password, test::from_base64(challenge.salt),
                                                   challenge.iterations);
  const std::string all = "n=user,r=AAECAwQFBgcICQoLDA0ODxAR," + std::string{first} + ',' +
                          final.substr(0, final.find(",p="));
  const auto signature = test::mac_of(sasl::hmac<hash>{keys.server_key}, all);
  std::string last = "v=" + test::to_base64({signature.data(), signature.size()});
  if (!proves) last = "e=invalid-proof";
  CHECK(hear(login, last) == errc::none);
  CHECK(login.accept() == (proves ? errc::none : errc::auth_server_unproven));
  login.forget();
  return hashes;
}

}  // namespace

namespace {

// SHA-256, until its `left`-th result: from there on it has no memory.
struct failing_hash {
  static constexpr std::size_t size = 32;
  static constexpr std::size_t block_size = 64;
  static inline int left = 0;

  void update(std::span<const char> in) noexcept { hash.update(in); }
  bool finish(std::span<char, size> out) noexcept {
    (void)hash.finish(out);
    if (left-- > 0) return true;
    for (char& c : out) c = 0;
    return false;
  }

 private:
  sha_256 hash;
};

}  // namespace

TEST_CASE("a hash function that fails shows no proof, and proves no server") {
  sasl::scram_keys<failing_hash> keys;
  failing_hash::left = 100'000;
  keys = sasl::scram_keys<failing_hash>::derive("pencil", salt, 4096);
  REQUIRE(keys.iterations == 4096);
  bool is_whole = false;
  int results = 0;  // before the first failure
  for (; !is_whole; ++results) {
    REQUIRE(results < 100);
    foreseen_random random{our_nonce};
    failing_hash::left = 100;
    sasl::scram<failing_hash> login{"user", keys, random};
    REQUIRE(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
    REQUIRE(hear(login, server_first) == errc::none);
    failing_hash::left = results;
    std::string said(200, '\0');
    const io_result result = login.read_some(said);
    is_whole = result.ok();
    if (is_whole) {
      CHECK(said.substr(0, result.count()) == client_final);
    } else {
      CHECK(result.status() == io_status::failed);
      CHECK(said == std::string(200, '\0'));
    }
    CHECK(login.accept() == errc::auth_server_unproven);
  }
  CHECK(results > 5);

  failing_hash::left = 1000;
  CHECK(sasl::scram_keys<failing_hash>::derive("pencil", salt, 4096).iterations == 0);
}

TEST_CASE("where the server does not bind, though it offered to, the login goes on without") {
  foreseen_random random{our_nonce};
  fixed_binding binding{"tls-exporter", 32};
  sasl::scram<sha_256> login{"user", "pencil", random, {.binding = &binding}};
  CHECK(login.select(offer_of({"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"})) == errc::none);
  CHECK(login.selected() == sasl::kind::scram_sha_256_plus);
  CHECK(login.select_next());
  CHECK(login.selected() == sasl::kind::scram_sha_256);
  CHECK(read_to_end(login, 100) == "n,,n=user,r=AAECAwQFBgcICQoLDA0ODxAR");
  CHECK_FALSE(login.select_next());

  CHECK(login.select(offer_of({"SCRAM-SHA-256-PLUS"})) == errc::none);
  CHECK_FALSE(login.select_next());  // that is all there is
}

TEST_CASE("keys are kept for the next connection, and derived anew for another salt or count") {
  sasl::scram_keys<test::counted_hash> kept;
  const std::string_view others[] = {
      "r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAECAwQFBgcICQoLDA0OEA==,i=4096",
      "r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAECAwQFBgcICQoLDA0OEA==,i=4097"};
  CHECK(hashes_with(kept, "pencil", server_first) > 2 * 4096);
  CHECK(kept.iterations == 4096);
  CHECK(std::string_view{kept.salt.data(), kept.salt_size} == salt);
  for (int again = 0; again < 3; ++again) CHECK(hashes_with(kept, "pencil", server_first) < 40);
  for (const std::string_view other : others) {
    CHECK(hashes_with(kept, "pencil", other) > 2 * 4096);
    CHECK(hashes_with(kept, "pencil", other) < 40);
  }
}

TEST_CASE("keys of a wrong password are not kept") {
  sasl::scram_keys<test::counted_hash> kept;
  CHECK(hashes_with(kept, "pencil case", server_first, false) > 2 * 4096);
  CHECK(kept.iterations == 0);
  CHECK(hashes_with(kept, "pencil", server_first) > 2 * 4096);
  CHECK(kept.iterations == 4096);
}

TEST_CASE("keys that were kept and prove wrong are derived anew") {
  sasl::scram_keys<test::counted_hash> kept;
  CHECK(hashes_with(kept, "old pencil", server_first) > 2 * 4096);
  CHECK(hashes_with(kept, "pencil", server_first, false) < 40);  // by the keys of the old one
  CHECK(hashes_with(kept, "pencil", server_first) > 2 * 4096);
  CHECK(hashes_with(kept, "pencil", server_first) < 40);
}

TEST_CASE("wherever an exchange ends, what is forgotten leaves the login as it was made") {
  using hash = test::counted_hash;
  foreseen_random random{our_nonce};
  fixed_binding binding{"tls-exporter", 32};
  sasl::scram<hash> login{"user", "pencil", random, {.binding = &binding}};
  const auto memory = [&] {
    return std::string{reinterpret_cast<const char*>(&login), sizeof login};
  };
  const std::string as_made = memory();
  std::string room(100, '?');
  for (std::size_t reads = 0; reads <= 70; ++reads) {
    CAPTURE(reads);
    CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
    CHECK(memory() != as_made);
    CHECK(hear(login, server_first) == errc::none);
    for (std::size_t i = 0; i < reads; ++i) {
      const io_result result = login.read_some(room);
      CHECK(result.ok() == (i == 64));  // behind 64 slices for 4,095 iterations
    }
    CHECK(memory() != as_made);
    login.forget();
    CHECK(memory() == as_made);
  }
}

TEST_CASE("100,000 iterations are done in slices of 64 at most") {
  using hash = test::counted_hash;
  foreseen_random random{our_nonce};
  sasl::scram<hash> login{"user", "pencil", random};
  CHECK(login.select(offer_of({"SCRAM-SHA-256"})) == errc::none);
  CHECK(hear(login, "r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAEC,i=100000") == errc::none);
  const std::size_t before = hash::finished;
  std::size_t slices = 0;
  std::size_t longest = 0;
  std::string room(100, '?');
  for (;;) {
    const std::size_t begun = hash::finished;
    const io_result result = login.read_some(room);
    longest = std::max(longest, hash::finished - begun);
    if (result.ok()) break;
    REQUIRE(result.status() == io_status::want_write);
    ++slices;
  }
  constexpr std::size_t keys = 20;  // what the two keys and the two signatures take at most
  CHECK(slices == (100'000 - 1 + 63) / 64);
  CHECK(longest <= 2 * 64 + keys);
  CHECK(hash::finished - before >= 2 * 99'999);
  CHECK(hash::finished - before <= 2 * 99'999 + 2 * keys);
}
