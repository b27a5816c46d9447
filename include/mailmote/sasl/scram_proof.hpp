// SPDX-License-Identifier: BSL-1.0
// scram_proof.hpp: what each side of SCRAM shows of the keys, made of a password or of the keys themselves.
//
// Knows:          RFC 5802 section 3: SaltedPassword, ClientProof, ServerSignature.
// Does not know:  how the messages come and go.
// Bounds:         the work on a password is done in slices; of what is made, each key takes the place of
//                 what it was made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/sasl/hmac.hpp>
#include <mailmote/sasl/pbkdf2.hpp>
#include <mailmote/sasl/scram_keys.hpp>
#include <mailmote/sasl/scram_messages.hpp>
#include <mailmote/text/base64.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::sasl {

template <hash Hash>
class scram_proof {
 public:
  using digest = typename hmac<Hash>::digest;

  // The work on a password: `begin` gives the hash that takes the salt.
  Hash begin(std::string_view password) noexcept {
    is_sound_ = true;
    mac_.set_key(password);
    return mac_.begin();
  }
  void derive(Hash& salted, std::uint32_t iterations) noexcept {
    work_.begin(mac_, salted, iterations);
  }
  // At most so many iterations; true once the keys are there, and in `keep`, which may be null.
  bool run(std::uint32_t at_most, scram_keys<Hash>* keep) noexcept {
    if (!work_.run(mac_, at_most)) return false;
    is_sound_ =
        scram_keys<Hash>::make(mac_, work_.result(), proof_, signature_) && work_.is_sound();
    work_.forget();
    if (keep != nullptr) {
      keep->client_key = proof_;
      keep->server_key = signature_;
    }
    return true;
  }

  // The keys are known.
  void use(const scram_keys<Hash>& keys) noexcept {
    is_sound_ = true;
    proof_ = keys.client_key;
    signature_ = keys.server_key;
  }

  // Makes of the keys our proof and the server's signature.
  void sign(const scram_messages& messages) noexcept {
    Hash work{};
    work.update(proof_);
    digest made;
    is_sound_ = work.finish(made) && is_sound_;  // StoredKey
    sign(messages, made, work);
    for (std::size_t i = 0; i < made.size(); ++i) {
      proof_[i] = static_cast<char>(proof_[i] ^ made[i]);
    }
    sign(messages, signature_, work);
    mac_.forget();
    wipe(made);
  }

  // Whether the hash function has not failed. If it has, the proof may be the key itself, and the
  // signature one that anybody knows: neither may be used.
  bool is_sound() const noexcept { return is_sound_; }

  const digest& client_proof() const noexcept { return proof_; }

  // Whether this is the server's signature, in a time that does not tell how much of it is right.
  // errc::none, auth_server_unproven, or bad_challenge where it is no base64.
  errc verify(std::string_view base64) const noexcept {
    text::base64_decoder decoder;
    std::size_t size = 0;
    int difference = 0;
    for (const char c : base64) {
      char octet = 0;
      if (decoder.decode(c, octet) <= 0) continue;
      if (size < signature_.size()) difference |= octet ^ signature_[size];
      ++size;
    }
    if (!decoder.complete() || size == 0) return errc::bad_challenge;
    const bool is_right = size == signature_.size() && difference == 0;
    return is_right ? errc::none : errc::auth_server_unproven;
  }

  void forget() noexcept {
    mac_.forget();
    work_.forget();
    wipe(proof_);
    wipe(signature_);
  }

 private:
  // A key becomes its signature.
  void sign(const scram_messages& messages, digest& key, Hash& message) noexcept {
    mac_.set_key(key);
    message = mac_.begin();
    std::array<char, 32> room;
    std::size_t done = 0;
    for (bool is_complete = false; !is_complete;) {
      text::piece_writer writer{room, done};
      messages.put_signed(writer);
      message.update(std::span{room}.first(writer.written()));
      done += writer.written();
      is_complete = writer.complete();
    }
    is_sound_ = mac_.finish(message, key) && is_sound_;
  }

  hmac<Hash> mac_{};
  pbkdf2<Hash> work_{};
  digest proof_{};      // ClientKey, and then ClientProof
  digest signature_{};  // ServerKey, and then ServerSignature
  bool is_sound_ = true;
};

}  // namespace mailmote::sasl
