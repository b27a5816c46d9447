// SPDX-License-Identifier: BSL-1.0
// cram_md5.hpp: the old login that shows the password to nobody who only listens.
//
// Knows:          RFC 2195: the response is the user name and an HMAC of the challenge.
// Does not know:  who computes MD5; or who the server is, which this login leaves unproven.
// Bounds:         three states of the hash and one digest; a challenge of any length goes through.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/hmac.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/text/piece_writer.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::sasl {

// The strings are referred to, and must live until the client has finished.
template <hash Hash>
class cram_md5 final : public mechanism {
  static_assert(Hash::size == 16, "CRAM-MD5 is made of MD5, whose result has 16 octets (RFC 2195)");

 public:
  constexpr cram_md5(credential username, credential password)
      : username_{username}, password_{password} {}

  errc check() const noexcept override {
    const errc bad = username_.check_needed(errc::bad_username);
    return bad != errc::none ? bad : password_.check_needed(errc::bad_password);
  }

  errc select(offer offered) noexcept override {
    forget();
    if (!offered.has(kind::cram_md5)) return errc::auth_unavailable;
    at_ = stage::selected;
    return errc::none;
  }
  kind selected() const noexcept override { return kind::cram_md5; }
  bool reveals_secret() const noexcept override { return false; }
  std::size_t initial_response() const noexcept override { return no_initial_response; }

  void challenge(std::span<const char> octets) noexcept override {
    if (at_ == stage::selected && !octets.empty()) begin();
    if (at_ == stage::challenged) message_.update(octets);
  }

  // An empty challenge proves nothing, as its HMAC is the same each time.
  errc respond() noexcept override {
    if (at_ != stage::challenged) return errc::bad_challenge;
    is_sound_ = hmac_.finish(message_, digest_);
    said_ = 0;
    at_ = stage::responding;
    return errc::none;
  }

  // user name SP digest, in lower-case hexadecimal
  io_result read_some(std::span<char> out) noexcept override {
    if (at_ != stage::responding) return io_status::closed;
    if (!is_sound_) return io_status::failed;
    text::piece_writer response{out, said_};
    response.put(username_.text());
    response.put(' ');
    for (const char c : digest_) {
      const auto octet = static_cast<unsigned char>(c);
      response.put(hex_digits[octet >> 4]);
      response.put(hex_digits[octet & 15]);
    }
    said_ += response.written();
    return response.written() > 0 ? io_result::moved(response.written()) : io_status::closed;
  }

  // A yes to what was never said is none.
  errc accept() noexcept override {
    return at_ == stage::responding ? errc::none : errc::bad_challenge;
  }

  void forget() noexcept override {
    hmac_.forget();
    (void)message_.finish(digest_);  // and is as new
    wipe(digest_);
    at_ = stage::idle;
  }

 private:
  enum class stage : unsigned char { idle, selected, challenged, responding };

  // Only now: of a login that is selected and not used, nothing is left behind.
  void begin() {
    hmac_.set_key(password_.text());
    message_ = hmac_.begin();
    at_ = stage::challenged;
  }

  static constexpr std::string_view hex_digits = "0123456789abcdef";

  credential username_;
  credential password_;
  hmac<Hash> hmac_{};  // keyed with the password, once there is a challenge
  Hash message_{};     // what has come of the challenge
  typename hmac<Hash>::digest digest_{};
  std::size_t said_ = 0;  // octets of the response
  stage at_ = stage::idle;
  bool is_sound_ = false;  // the digest could be computed
};

}  // namespace mailmote::sasl
