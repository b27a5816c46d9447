// SPDX-License-Identifier: BSL-1.0
// scram_messages.hpp: the texts of one SCRAM exchange, written into a buffer of any size.
//
// Knows:          RFC 5802 sections 5 and 7, the flags of channel binding in section 6, which of a hash
//                 function's two mechanisms that makes it.
// Does not know:  hash functions, keys.
// Bounds:         the server's message is held whole, as it is part of what is proven:
//                 `max_scram_message` octets. The client's are made anew whenever they are needed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mailmote/channel_binding.hpp>
#include <mailmote/random.hpp>
#include <mailmote/sasl/credential.hpp>
#include <mailmote/sasl/mechanism.hpp>
#include <mailmote/text/base64.hpp>
#include <mailmote/text/piece_writer.hpp>
#include <mailmote/wipe.hpp>

namespace mailmote::sasl {

inline constexpr std::size_t max_scram_message = 512;  // of the server's
inline constexpr std::size_t scram_nonce_octets = 18;  // 24 characters, without padding

class scram_messages {
 public:
  constexpr scram_messages(credential username, credential authorization, channel_binding* binding)
      : username_{username}, authorization_{authorization}, binding_{binding} {}

  // A new exchange by the mechanism `unbound`, or its neighbour with channel binding.
  errc begin(offer offered, kind unbound, random_source& random, std::size_t nonce_octets) {
    bound_size_ = binding_ == nullptr ? 0 : binding_->read(bound_);
    is_bound_ = bound_size_ > 0 && offered.has(bound(unbound));
    has_other_ = is_bound_ && offered.has(unbound);
    if (!is_bound_ && !offered.has(unbound)) return errc::auth_unavailable;
    return make_nonce(random, nonce_octets) ? errc::none : errc::auth_no_random;
  }

  // The server does not bind, though it has offered to: once more without, where it has offered that
  // too. Not by `y`, which would say that it never did.
  bool unbind(random_source& random, std::size_t nonce_octets) {
    if (!has_other_) return false;
    wipe(bound_);
    bound_size_ = 0;
    is_bound_ = has_other_ = false;
    return make_nonce(random, nonce_octets);
  }

  bool is_bound() const { return is_bound_; }
  static constexpr kind bound(kind unbound) {
    return static_cast<kind>(static_cast<unsigned>(unbound) + 1);
  }
  constexpr credential username() const { return username_; }
  constexpr credential authorization() const { return authorization_; }

  // The nonce in the message that was heard, which begins with it: false where it is not ours and more.
  bool take_nonce(std::string_view nonce) {
    both_size_ = nonce.size();
    bool begins_with_ours = both_size_ > nonce_size_;
    for (std::size_t i = 0; i < nonce_size_ && begins_with_ours; ++i) {
      begins_with_ours = nonce[i] == nonce_[i];
    }
    return begins_with_ours;
  }

  // The server's message, as far as there is room.
  void hear(std::span<const char> octets) {
    for (const char c : octets) {
      if (heard_ < message_.size()) message_[heard_] = c;
      if (heard_ <= message_.size()) ++heard_;
    }
  }
  bool is_too_long() const { return heard_ > message_.size(); }
  std::string_view heard() const {
    return {message_.data(), is_too_long() ? message_.size() : heard_};
  }
  void forget_heard() { heard_ = 0; }

  void put_first(text::piece_writer& out) const {
    put_header(out);
    put_first_bare(out);
  }

  // Here and below, the server's nonce was taken.
  void put_final(text::piece_writer& out, std::span<const char> proof) const {
    put_final_without_proof(out);
    out.put(",p=");
    put_base64(out, proof);
  }

  // What both sides sign: AuthMessage.
  void put_signed(text::piece_writer& out) const {
    put_first_bare(out);
    out.put(',');
    out.put(heard());
    out.put(',');
    put_final_without_proof(out);
  }

  void forget() {
    wipe(message_);
    wipe(bound_);
    wipe(nonce_);
    heard_ = bound_size_ = nonce_size_ = both_size_ = 0;
  }

 private:
  bool make_nonce(random_source& random, std::size_t octets) {
    std::array<char, scram_nonce_octets> made{};
    const std::span<char> used = std::span{made}.first(octets);
    if (!random.fill(used)) return false;
    nonce_size_ = text::base64_encoder{}.encode(used, nonce_);
    return true;
  }

  // A name that may have the commas and equals signs of the grammar.
  static void put_name(text::piece_writer& out, std::string_view name) {
    for (const char c : name) {
      if (c == '=') {
        out.put("=3D");
      } else if (c == ',') {
        out.put("=2C");
      } else {
        out.put(c);
      }
    }
  }

  // Of all octets there are, or of the next groups of three.
  static void put_base64(text::piece_writer& out, std::span<const char> octets) {
    text::base64_encoder encoder;
    std::array<char, 4> group;
    for (const char& octet : octets) {
      if (encoder.encode({&octet, 1}, group) > 0) out.put({group.data(), group.size()});
    }
    if (encoder.finish(group) > 0) out.put({group.data(), group.size()});
  }

  // The gs2-header. `y`: we could bind, and it seems that the server cannot. If it can, somebody has
  // changed its offer on the way.
  void put_header(text::piece_writer& out) const {
    if (is_bound_) {
      out.put("p=");
      out.put(binding_->name());
    } else {
      out.put(bound_size_ > 0 ? 'y' : 'n');
    }
    out.put(',');
    if (!authorization_.empty()) out.put("a=");
    put_name(out, authorization_.text());
    out.put(',');
  }

  void put_first_bare(text::piece_writer& out) const {
    out.put("n=");
    put_name(out, username_.text());
    out.put(",r=");
    out.put({nonce_.data(), nonce_size_});
  }

  void put_final_without_proof(text::piece_writer& out) const {
    out.put("c=");
    std::array<char, 24> room;
    std::size_t done = 0;
    for (bool is_complete = false; !is_complete;) {
      text::piece_writer piece{room, done};
      put_header(piece);
      if (is_bound_) piece.put({bound_.data(), bound_size_});
      put_base64(out, std::span{room}.first(piece.written()));
      done += piece.written();
      is_complete = piece.complete();
    }
    out.put(",r=");
    out.put({message_.data() + 2, both_size_});  // behind `r=`
  }

  credential username_;
  credential authorization_;
  channel_binding* binding_;
  std::size_t bound_size_ = 0;
  std::size_t nonce_size_ = 0;  // of our nonce
  std::size_t both_size_ = 0;   // of both sides'
  std::size_t heard_ = 0;       // octets; one more than there is room for stands for any number
  bool is_bound_ = false;
  bool has_other_ = false;  // the server offers the same without binding
  std::array<char, text::base64_length(scram_nonce_octets)> nonce_{};
  std::array<char, max_channel_binding> bound_{};
  std::array<char, max_scram_message> message_{};
};

}  // namespace mailmote::sasl
