// SPDX-License-Identifier: BSL-1.0
// scram.hpp: the login in which both sides prove that they know the password, and neither shows it.
//
//   C: n=user, our nonce
//   S: both nonces, salt, count     -> the keys, in slices of work; none where they are known already
//   C: the binding, both nonces, proof
//   S: its signature                -> verified, or no login
//   C: (nothing)
//
// Knows:          RFC 5802, 7677; by way of a channel_binding RFC 9266 and 5929.
// Does not know:  hash functions, TLS, or where keys are kept.
// Bounds:         one call does `iterations_per_slice` iterations at most. The server's message is held
//                 (scram_messages.hpp), and two states of the hash function.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/channel_binding.hpp>
#include <mailmote/random.hpp>
#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/hash.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/sasl/scram_challenge.hpp>
#include <mailmote/sasl/scram_keys.hpp>
#include <mailmote/sasl/scram_messages.hpp>
#include <mailmote/sasl/scram_proof.hpp>

namespace mailmote::sasl {

inline constexpr std::uint32_t iterations_per_slice = 64;

// Where an exchange stands.
enum class scram_step : std::uint8_t {
  none,
  first,     // our first message is said, and the server's awaited
  deriving,  // the keys are worked out
  signing,   // they are there
  final,     // our proof is said, and the server's signature awaited
  proven,    // the signature is right
  refused,   // the server has said that it will refuse
};

template <hash Hash>
struct scram_options {
  channel_binding* binding = nullptr;  // ties the login to the TLS connection, where there is one
  credential authorization{""};        // the identity to act as; empty: the user's own
  // The work that a server may ask for. Keys that are known cost none, and may be of more.
  std::uint32_t max_iterations = 100'000;

  // Where the keys are kept for the next connection, which then has no work. They are valid (have
  // iterations) once the server has shown that they are right; they are the caller's to wipe.
  scram_keys<Hash>* remember = nullptr;
};

// The strings, the keys and what the options name are referred to, and must live until the client has
// finished. `NonceOctets` is for examples whose nonce is shorter.
template <hash Hash, std::size_t NonceOctets = scram_nonce_octets>
class scram final : public mechanism {
  static_assert(Hash::size == 20 || Hash::size == 32, "SCRAM is defined with SHA-1 and SHA-256");
  static_assert(NonceOctets % 3 == 0 && NonceOctets <= scram_nonce_octets);

 public:
  constexpr scram(credential username, credential password, random_source& random,
                  const scram_options<Hash>& options = {})
      : known_{options.remember},
        remember_{options.remember},
        random_{random},
        max_iterations_{options.max_iterations},
        password_{password},
        messages_{username, options.authorization, options.binding} {}

  // By keys that were derived elsewhere: the device has no password. `remember` is not used.
  constexpr scram(credential username, const scram_keys<Hash>& keys, random_source& random,
                  const scram_options<Hash>& options = {})
      : known_{&keys},
        random_{random},
        max_iterations_{options.max_iterations},
        messages_{username, options.authorization, options.binding} {}

  errc check() const noexcept override {
    const credential username = messages_.username();
    if (username.empty()) return errc::bad_username;
    if (const errc bad = username.check(errc::bad_username); bad != errc::none) return bad;
    if (has_password() && password_.empty()) return errc::bad_password;
    if (const errc bad = password_.check(errc::bad_password); bad != errc::none) return bad;
    return messages_.authorization().check(errc::bad_authorization);
  }

  errc select(offer offered) noexcept override {
    forget();
    const errc bad = messages_.begin(offered, unbound, random_, NonceOctets);
    if (bad == errc::none) step_ = step::first;
    return bad;
  }

  bool select_next() noexcept override {
    step_ = step::first;
    return messages_.unbind(random_, NonceOctets);
  }
  kind selected() const noexcept override {
    return messages_.is_bound() ? scram_messages::bound(unbound) : unbound;
  }
  bool reveals_secret() const noexcept override { return false; }

  std::size_t initial_response() const noexcept override {
    text::piece_writer counted{{}, no_initial_response};
    messages_.put_first(counted);
    return no_initial_response - counted.to_skip();
  }

  void challenge(std::span<const char> octets) noexcept override { messages_.hear(octets); }

  errc respond() noexcept override {
    if (messages_.is_too_long()) return errc::challenge_too_long;
    said_ = 0;
    if (step_ == step::first) return begin_proof();
    if (step_ == step::final) return verify();
    return errc::bad_challenge;
  }

  io_result read_some(std::span<char> out) noexcept override {
    if (step_ == step::deriving) {
      if (proof_.run(iterations_per_slice, remember_)) step_ = step::signing;
      return io_status::want_write;
    }
    if (step_ == step::signing) {
      proof_.sign(messages_);
      if (!proof_.is_sound()) return io_status::failed;
      step_ = step::final;
    }
    text::piece_writer writer{out, said_};
    if (step_ == step::first) messages_.put_first(writer);
    if (step_ == step::final) messages_.put_final(writer, proof_.client_proof());
    if (writer.written() == 0) {
      messages_.forget_heard();  // the next is another message
      return io_status::closed;
    }
    said_ += writer.written();
    return io_result::moved(writer.written());
  }

  errc accept() noexcept override {
    return step_ == step::proven ? errc::none : errc::auth_server_unproven;
  }

  void forget() noexcept override {
    step_ = step::none;
    said_ = iterations_ = 0;
    messages_.forget();
    proof_.forget();
  }

 private:
  using step = scram_step;

  static constexpr kind unbound = Hash::size == 20 ? kind::scram_sha_1 : kind::scram_sha_256;

  bool has_password() const { return known_ == nullptr || known_ == remember_; }

  errc begin_proof() {
    scram_challenge said;
    const std::uint32_t of_known = known_ != nullptr ? known_->iterations : 0;
    const errc bad = parse(messages_.heard(), std::max(max_iterations_, of_known), said);
    if (bad != errc::none) return bad;
    if (!messages_.take_nonce(said.nonce)) return errc::bad_challenge;
    iterations_ = said.iterations;
    return take_salt(said.salt);
  }

  errc take_salt(std::string_view base64) {
    bool is_known = known_ != nullptr && known_->iterations == iterations_;
    if (remember_ != nullptr) remember_->iterations = 0;  // until they are proven, again
    const std::size_t size = read_salt(base64, is_known, nullptr);
    if (size == 0) return errc::bad_challenge;
    if (is_known && size == known_->salt_size) {
      proof_.use(*known_);
      step_ = step::signing;
      return errc::none;
    }
    if (!has_password()) return errc::auth_keys_stale;
    Hash salted = proof_.begin(password_.text());
    (void)read_salt(base64, is_known, &salted);
    if (remember_ != nullptr) remember_->salt_size = size <= max_scram_salt ? size : 0;
    proof_.derive(salted, iterations_);
    step_ = step::deriving;
    return errc::none;
  }

  // How many octets the salt has, or 0 where it is none. `is_known` does not stay if they differ from the
  // known keys'; a hash, if there is one, takes them, and a copy is made to keep with the keys.
  std::size_t read_salt(std::string_view base64, bool& is_known, Hash* into) {
    text::base64_decoder decoder;
    std::size_t size = 0;
    for (const char c : base64) {
      char octet = 0;
      if (decoder.decode(c, octet) <= 0) continue;
      is_known = is_known && size < known_->salt_size && known_->salt[size] == octet;
      if (into != nullptr) into->update({&octet, 1});
      if (into != nullptr && remember_ != nullptr && size < max_scram_salt) {
        remember_->salt[size] = octet;
      }
      ++size;
    }
    return decoder.complete() ? size : 0;
  }

  errc verify() {
    step_ = step::refused;
    std::string_view said = messages_.heard();
    if (!take_attribute(said, 'e').empty()) return errc::none;  // the reply will say it again
    const errc bad = proof_.verify(take_attribute(said, 'v'));
    if (bad != errc::none) return bad;
    step_ = step::proven;
    if (remember_ != nullptr && remember_->salt_size > 0) remember_->iterations = iterations_;
    return errc::none;
  }

  step step_ = step::none;
  std::size_t said_ = 0;  // octets of our message
  const scram_keys<Hash>* known_;
  scram_keys<Hash>* remember_ = nullptr;
  std::uint32_t iterations_ = 0;
  random_source& random_;
  std::uint32_t max_iterations_;
  credential password_{""};
  scram_proof<Hash> proof_{};
  scram_messages messages_;
};

}  // namespace mailmote::sasl
