// SPDX-License-Identifier: BSL-1.0
// SCRAM as a server and a client say it to each other, over links of every kind.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mailmote/client.hpp>
#include <mailmote/sasl/scram.hpp>

#include "support/dialogue.hpp"
#include "support/login_parts.hpp"
#include "support/wolfcrypt_hash.hpp"

using namespace mailmote;
using test::dialogue;
using test::sha_256;
using test::to_base64;

namespace {

// The example of RFC 7677 section 3, whose nonce has 15 octets.
using rfc_login = sasl::scram<sha_256, 15>;
constexpr std::string_view rfc_nonce = "rOprNGfwEbeRWgbNEkqO";
const std::string server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const std::string client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const std::string server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

const std::string says_first = "AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=";
const std::string asks_first = "334 " + to_base64(server_first);
const std::string says_final = to_base64(client_final);
const std::string asks_final = "334 " + to_base64(server_final);
const std::string says_nothing = "\r\n";

const sasl::scram_keys<sha_256>& keys() {
  static const auto derived = sasl::scram_keys<sha_256>::derive(
      "pencil", test::from_base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
  return derived;
}

// A server that offers SCRAM-SHA-256, and goes on with `turns` after the first message. A password on such
// a connection would be seen by everybody.
dialogue offering_scram(sasl::mechanism& login, std::vector<std::string> turns) {
  turns.insert(turns.begin(), {"220 mx ready", "EHLO mote", "250-mx\r\n250 AUTH SCRAM-SHA-256"});
  dialogue d = test::in_clear(std::move(turns));
  d.settings().auth = &login;
  d.settings().cleartext_auth = cleartext_auth::challenge_only;
  return d;
}

// How the login by known keys ends, and what was said after the first message of it.
struct end {
  outcome result;
  std::string said;
};

end after_first_message(std::vector<std::string> turns) {
  test::foreseen_random random{rfc_nonce};
  rfc_login login{"user", keys(), random};
  turns.insert(turns.begin(), says_first);
  dialogue d = offering_scram(login, std::move(turns));
  const outcome result = d.run();
  const std::string beginning = "EHLO mote\r\n" + says_first + "\r\n";
  REQUIRE(d.sent().starts_with(beginning));
  CHECK(result.phase == phase::auth);
  CHECK(result.mechanism == "SCRAM-SHA-256");
  return {result, d.sent().substr(beginning.size())};
}

// The same when the server's first message is this one, which is none: the login is called off.
errc refuses(const std::string& challenge) {
  const end reached =
      after_first_message({"334" + (challenge.empty() ? challenge : ' ' + challenge), "*",
                           "501 5.5.2 canceled", "QUIT", "221 bye"});
  CHECK(reached.said == "*\r\nQUIT\r\n");
  CHECK(reached.result.code == 0);
  return reached.result.error;
}

const std::vector<std::string> mail_and_quit{"MAIL FROM:<mote@example.org>",
                                             "250 ok",
                                             "RCPT TO:<ops@example.org>",
                                             "250 ok",
                                             "DATA",
                                             "354 go",
                                             test::message,
                                             "250 taken",
                                             "QUIT",
                                             "221 bye"};

std::vector<std::string> then_mail(std::vector<std::string> turns) {
  turns.insert(turns.end(), mail_and_quit.begin(), mail_and_quit.end());
  return turns;
}

constexpr std::string_view mail_as_sent =
    "MAIL FROM:<mote@example.org>\r\nRCPT TO:<ops@example.org>\r\nDATA\r\n"
    "Subject: hot\r\n\r\n84 C\r\n.\r\nQUIT\r\n";

}  // namespace

// ---- whole ----------------------------------------------------------------------------------

TEST_CASE("a mail goes out after the example of RFC 7677") {
  test::foreseen_random random{rfc_nonce};
  rfc_login login{"user", keys(), random};
  dialogue d = offering_scram(
      login, then_mail({says_first, asks_first, says_final, asks_final, says_nothing, "235 yes"}));
  const outcome result = d.run();
  CHECK(result.fate == fate::delivered);
  CHECK(result.mechanism == "SCRAM-SHA-256");
  CHECK(d.sent() ==
        "EHLO mote\r\n"
        "AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n"
        "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpi"
        "WmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==\r\n"
        "\r\n" +
            std::string{mail_as_sent});
}

TEST_CASE("a mail goes out after keys were worked out over a link of any kind") {
  using hash = test::counted_hash;
  const std::string nonce = "AAECAwQFBgcICQoLDA0ODxAR";
  const std::string first = "r=" + nonce + "server,s=c2FsdA==,i=4096";
  const std::string bare = "c=biws,r=" + nonce + "server";
  const std::string all = "n=user,r=" + nonce + ',' + first + ',' + bare;
  const auto known = sasl::scram_keys<hash>::derive("pencil", std::string_view{"salt"}, 4096);
  const auto signature = test::mac_of(sasl::hmac<hash>{known.server_key}, all);
  std::array<char, 32> stored;
  hash stores;
  stores.update(known.client_key);
  REQUIRE(stores.finish(stored));
  auto proof = test::mac_of(sasl::hmac<hash>{stored}, all);
  for (std::size_t i = 0; i < 32; ++i) {
    proof[i] = static_cast<char>(proof[i] ^ known.client_key[i]);
  }

  test::foreseen_random random{nonce};
  sasl::scram<hash> login{"user", "pencil", random};
  const std::string says = "AUTH SCRAM-SHA-256 " + to_base64("n,,n=user,r=" + nonce);
  const std::string proves = to_base64(bare + ",p=" + to_base64({proof.data(), 32}));
  const std::string proven = "334 " + to_base64("v=" + to_base64({signature.data(), 32}));
  dialogue d = offering_scram(
      login, then_mail({says, "334 " + to_base64(first), proves, proven, says_nothing, "235 yes"}));
  const std::size_t before = hash::finished;
  const outcome result = d.run();
  CHECK(hash::finished - before > 12 * 2 * 4096);  // over each of twelve links that have no fault
  CHECK(result.error == errc::none);
  CHECK(result.fate == fate::delivered);
  CHECK(result.mechanism == "SCRAM-SHA-256");
  CHECK(d.sent() ==
        "EHLO mote\r\n" + says + "\r\n" + proves + "\r\n\r\n" + std::string{mail_as_sent});
}

// ---- a server that does not prove itself ----------------------------------------------------

TEST_CASE("a server with a wrong signature is left, whatever it says of the login") {
  const std::string wrong = to_base64("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  for (const std::string reply : {"501 5.5.2 canceled", "235 yes"}) {
    const end reached = after_first_message(
        {asks_first, says_final, "334 " + wrong, "*", reply, "QUIT", "221 bye"});
    CHECK(reached.result.error == errc::auth_server_unproven);
    CHECK(reached.result.retry == retry::after_change);
    CHECK(reached.said == says_final + "\r\n*\r\nQUIT\r\n");
  }
}

TEST_CASE("a success without a signature is none") {
  const end early = after_first_message({"235 yes", "QUIT", "221 bye"});
  CHECK(early.result.error == errc::auth_server_unproven);
  CHECK(early.said == "QUIT\r\n");
  const end late = after_first_message({asks_first, says_final, "235 yes", "QUIT", "221 bye"});
  CHECK(late.result.error == errc::auth_server_unproven);
  CHECK(late.said == says_final + "\r\nQUIT\r\n");
}

TEST_CASE("a success after the server's own error is none") {
  const end reached =
      after_first_message({asks_first, says_final, "334 " + to_base64("e=other-error"),
                           says_nothing, "235 yes", "QUIT", "221 bye"});
  CHECK(reached.result.error == errc::auth_server_unproven);
  CHECK(reached.said == says_final + "\r\n\r\nQUIT\r\n");
}

TEST_CASE("a wrong password is said by the reply, with or without an error before it") {
  const end at_once =
      after_first_message({asks_first, says_final, "535 5.7.8 no", "QUIT", "221 bye"});
  CHECK(at_once.result.error == errc::auth_refused);
  CHECK(at_once.result.code == 535);
  CHECK(at_once.said == says_final + "\r\nQUIT\r\n");
  const end told =
      after_first_message({asks_first, says_final, "334 " + to_base64("e=invalid-proof"),
                           says_nothing, "535 5.7.8 no", "QUIT", "221 bye"});
  CHECK(told.result.error == errc::auth_refused);
  CHECK(told.result.code == 535);
  CHECK(told.said == says_final + "\r\n\r\nQUIT\r\n");
}

TEST_CASE("a question after the last word is not answered") {
  const end reached = after_first_message({asks_first, says_final, asks_final, says_nothing, "334 ",
                                           "*", "501 5.5.2 canceled", "QUIT", "221 bye"});
  CHECK(reached.result.error == errc::bad_challenge);
  CHECK(reached.said == says_final + "\r\n\r\n*\r\nQUIT\r\n");
}

// ---- first messages that are none -----------------------------------------------------------

TEST_CASE("an empty first message calls the login off") {
  CHECK(refuses("") == errc::bad_challenge);
}

TEST_CASE("a first message that is no base64 calls the login off") {
  CHECK(refuses("r=rOpr!") == errc::bad_challenge);
  CHECK(refuses(to_base64(server_first) + "A") == errc::bad_challenge);
}

TEST_CASE("a nonce that is not ours calls the login off") {
  std::string wrong = server_first;
  wrong[10] = '?';
  CHECK(refuses(to_base64(wrong)) == errc::bad_challenge);
}

TEST_CASE("a missing field calls the login off") {
  CHECK(refuses(to_base64(server_first.substr(server_first.find("s=")))) == errc::bad_challenge);
  CHECK(refuses(to_base64("r=rOprNGfwEbeRWgbNEkqO%hvY,i=4096")) == errc::bad_challenge);
  CHECK(refuses(to_base64("r=rOprNGfwEbeRWgbNEkqO%hvY,s=W22Z")) == errc::bad_challenge);
}

TEST_CASE("an extension that must be understood calls the login off") {
  CHECK(refuses(to_base64("m=new," + server_first)) == errc::bad_challenge);
}

TEST_CASE("a count that is too small or too large calls the login off") {
  const std::string before_count = server_first.substr(0, server_first.find("4096"));
  CHECK(refuses(to_base64(before_count + "1")) == errc::auth_iterations);
  CHECK(refuses(to_base64(before_count + "2147483648")) == errc::auth_iterations);
}

TEST_CASE("a first message over 512 octets calls the login off") {
  CHECK(refuses(to_base64(server_first + ",x=" + std::string(512, 'x'))) ==
        errc::challenge_too_long);
}

TEST_CASE("keys for another salt call the login off") {
  std::string other = server_first;
  other[other.find("W22Z")] = 'X';
  CHECK(refuses(to_base64(other)) == errc::auth_keys_stale);
}

TEST_CASE("without random numbers no login is begun") {
  test::foreseen_random random{rfc_nonce};
  random.has_some = false;
  rfc_login login{"user", keys(), random};
  dialogue d = offering_scram(login, {"QUIT", "221 bye"});
  const outcome result = d.run();
  CHECK(result.error == errc::auth_no_random);
  CHECK(result.retry == retry::later);
  CHECK(d.sent() == "EHLO mote\r\nQUIT\r\n");
}

// ---- work and memory ------------------------------------------------------------------------

namespace {

// A server that says one thing after each line of the client's, and sees its memory meanwhile.
struct server {
  explicit server(std::vector<std::string> says) : replies{std::move(says)} {}
  io_result read_some(std::span<char> in) noexcept {
    if (!talks || next == replies.size()) return io_status::want_read;
    const std::size_t n = replies[next].copy(in.data(), in.size());
    replies[next].erase(0, n);
    if (replies[next].empty()) {
      ++next;
      talks = false;
    }
    return io_result::moved(n);
  }
  io_result write_some(std::span<const char> out) noexcept {
    talks = talks || out.back() == '\n';
    return io_result::moved(out.size());
  }
  std::vector<std::string> replies;
  std::size_t next = 0;
  bool talks = true;
};

settings in_clear_with(sasl::mechanism& login, transcript* watcher = nullptr) {
  return {.helo = "mote",
          .auth = &login,
          .security = security::cleartext,
          .cleartext_auth = cleartext_auth::challenge_only,
          .transcript = watcher};
}

}  // namespace

TEST_CASE("no poll does more than 64 iterations of 100,000") {
  using hash = test::counted_hash;
  test::foreseen_random random{"AAECAwQFBgcICQoLDA0ODxAR"};
  sasl::scram<hash> login{"user", "pencil", random};
  server stream{{"220 mx\r\n", "250-mx\r\n250 AUTH SCRAM-SHA-256\r\n",
                 "334 " + to_base64("r=AAECAwQFBgcICQoLDA0ODxARserver,s=AAEC,i=100000") + "\r\n",
                 "535 no\r\n", "221 bye\r\n"}};
  no_tls tls;
  client smtp{stream, tls, in_clear_with(login)};
  text_source body{"x"};
  REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
  const std::size_t before = hash::finished;
  std::size_t longest = 0;
  std::size_t polls = 0;
  for (status s = status::working; s == status::working; ++polls) {
    const std::size_t begun = hash::finished;
    s = smtp.poll(0);  // no time passes
    longest = std::max(longest, hash::finished - begun);
  }
  constexpr std::size_t keys = 30;  // what the first iteration, two keys and two signatures take
  CHECK(smtp.result().error == errc::auth_refused);
  CHECK(hash::finished - before >= 2 * 100'000);
  CHECK(longest <= 2 * 64 + keys);
  CHECK(polls >= 100'000 / 64);
  CHECK(polls <= 100'000 / 64 + 20);
}

namespace {

struct notes final : transcript {
  std::string text;
  void client_said(std::string_view s) noexcept override { text += s; }
  void server_said(std::string_view) noexcept override {}
  void encrypted() noexcept override {}
};

// What shows the password, or can be used like it, as it stands in memory.
std::vector<std::string> secrets() {
  std::vector<std::string> all{"pencil"};
  for (const int pad : {0x36, 0x5C}) {  // in HMAC's first block
    std::string flipped = "pencil";
    for (char& c : flipped) c = static_cast<char>(c ^ pad);
    all.push_back(flipped);
  }
  for (const auto& key : {keys().client_key, keys().server_key}) {
    all.emplace_back(key.data(), key.size());
  }
  // The salted password, by PBKDF2 in one go.
  const sasl::hmac<sha_256> mac{std::string_view{"pencil"}};
  sha_256 salted = mac.begin();
  salted.update(std::string_view{keys().salt.data(), keys().salt_size});
  sasl::pbkdf2<sha_256> work;
  work.begin(mac, salted, 4096);
  CHECK(work.run(mac, 4096));
  all.emplace_back(work.result().data(), work.result().size());
  // The state of the hash function once it was given the password.
  const sha_256& begun = mac.begin();
  all.emplace_back(reinterpret_cast<const char*>(&begun), 32);
  return all;
}

template <class Object>
std::vector<bool> held_by(const Object& object, const std::vector<std::string>& wanted) {
  const std::string_view memory{reinterpret_cast<const char*>(&object), sizeof object};
  std::vector<bool> found;
  for (const std::string& secret : wanted) {
    bool is_held = false;
    for (std::size_t i = 0; i + 6 <= secret.size(); ++i) {
      is_held = is_held || memory.find(secret.substr(i, 6)) != std::string_view::npos;
    }
    found.push_back(is_held);
  }
  return found;
}

}  // namespace

TEST_CASE("however SCRAM ends, no secret is left in the login or the client, nor shown") {
  const std::vector<std::string> wanted = secrets();
  const std::vector<bool> nothing(wanted.size(), false);
  const std::string no = to_base64("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  struct {
    std::vector<std::string> says;
    std::size_t polls;
    errc error;
    std::string_view heard;
  } const endings[] = {
      {{asks_first, asks_final, "235 yes", "550 no", "221 bye"},
       10'000,
       errc::mail_refused,
       "****\r\n****\r\n\r\nMAIL FROM:<a@b>\r\nQUIT\r\n"},
      {{asks_first, asks_final, "535 no", "221 bye"},
       10'000,
       errc::auth_refused,
       "****\r\n****\r\n\r\nQUIT\r\n"},
      {{asks_first, "334 " + no, "501 off", "221 bye"},
       10'000,
       errc::auth_server_unproven,
       "****\r\n****\r\n*\r\nQUIT\r\n"},
      {{asks_first, "535 no", "221 bye"}, 10'000, errc::auth_refused, "****\r\n****\r\nQUIT\r\n"},
      {{asks_first}, 30, errc::canceled, "****\r\n"},  // while the keys are worked out
  };
  std::vector<bool> seen = nothing;
  for (const auto& ending : endings) {
    CAPTURE(ending.heard);
    test::foreseen_random random{rfc_nonce};
    rfc_login login{"user", "pencil", random};
    server stream{{"220 mx\r\n", "250-mx\r\n250 AUTH SCRAM-SHA-256\r\n"}};
    for (const std::string& line : ending.says) stream.replies.push_back(line + "\r\n");
    no_tls tls;
    notes heard;
    client smtp{stream, tls, in_clear_with(login, &heard)};
    text_source body{"x"};
    REQUIRE(smtp.send({.from = "a@b", .to = "c@d"}, body) == errc::none);
    std::size_t polls = 0;
    for (status s = status::working; s == status::working; ++polls) {
      if (polls == ending.polls) smtp.cancel();
      s = smtp.poll(0);
      const std::vector<bool> now = held_by(login, wanted);
      for (std::size_t i = 0; i < now.size(); ++i) seen[i] = seen[i] || now[i];
      REQUIRE(polls < 20'000);
    }
    CHECK(smtp.result().error == ending.error);
    CHECK(held_by(login, wanted) == nothing);
    CHECK(held_by(smtp, wanted) == nothing);
    CHECK(held_by(smtp, {client_final.substr(60), says_final.substr(80)}) ==
          std::vector<bool>{false, false});
    CHECK(heard.text == "EHLO mote\r\nAUTH SCRAM-SHA-256 " + std::string{ending.heard});
  }
  // Meanwhile there were some: a scan that never finds anything proves nothing.
  CHECK(seen[3]);
  CHECK(seen[4]);
  CHECK(seen[6]);
}
