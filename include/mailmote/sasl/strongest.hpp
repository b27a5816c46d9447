// SPDX-License-Identifier: BSL-1.0
// strongest.hpp: the best login of several that a server offers.
//
// Knows:          which mechanism is stronger than which, and that a server may not do what it offers.
// Does not know:  passwords: which of its logins is refused for one is the session's to tell, and then
//                 nothing else is tried.
// Bounds:         `max_logins` logins, each referred to; all of them that are offered are begun, and
//                 one goes on.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>

#include <mailmote/sasl/mechanism.hpp>

namespace mailmote::sasl {

// The strongest first: who shows no secret at all; who proves the server and the connection; who
// proves the server; who shows a token, which is good for a while and for some things only; who shows
// nothing to a listener, but lets him guess fast; who shows the password.
inline constexpr kind by_strength[] = {
    kind::external,      kind::scram_sha_256_plus, kind::scram_sha_1_plus,
    kind::scram_sha_256, kind::scram_sha_1,        kind::oauthbearer,
    kind::xoauth2,       kind::cram_md5,           kind::plain,
    kind::login};

// 0 is the strongest.
constexpr std::size_t rank(kind k) {
  std::size_t place = 0;
  while (place < std::size(by_strength) && by_strength[place] != k) ++place;
  return place;
}

// All of it that does not depend on how many there are.
class choice : public mechanism {
 public:
  static constexpr std::size_t max_logins = 16;

  // Each has to be fit, as it is not known which one it will be.
  errc check() const noexcept final {
    errc bad = errc::none;
    for (std::size_t i = 0; i < size_ && bad == errc::none; ++i) bad = list_[i]->check();
    return bad;
  }

  // One that is offered and fails is not made up for by a weaker one: where there is none as strong,
  // the answer is why it fails.
  errc select(offer offered) noexcept final {
    errc why = errc::auth_unavailable;
    candidates_ = 0;
    chosen_ = 0;
    weakest_ = std::size(by_strength);
    for (std::size_t i = 0; i < size_; ++i) {
      const errc bad = list_[i]->select(offered);
      const std::size_t place = rank(list_[i]->selected());
      if (bad == errc::none) {
        candidates_ = static_cast<std::uint16_t>(candidates_ | bit(i));
      } else if (bad != errc::auth_unavailable && place < weakest_) {
        why = bad;
        weakest_ = static_cast<std::uint8_t>(place);
      }
    }
    return choose() ? errc::none : why;
  }

  // The chosen one may know another way itself; or else it is set aside.
  bool select_next() noexcept final {
    if (chosen().select_next()) return true;
    mechanism& unavailable = chosen();
    candidates_ = static_cast<std::uint16_t>(candidates_ & ~bit(chosen_));
    if (!choose()) return false;
    unavailable.forget();
    return true;
  }

  kind selected() const noexcept final { return chosen().selected(); }
  bool reveals_secret() const noexcept final { return chosen().reveals_secret(); }
  std::size_t initial_response() const noexcept final { return chosen().initial_response(); }
  void challenge(std::span<const char> octets) noexcept final { chosen().challenge(octets); }
  errc respond() noexcept final { return chosen().respond(); }
  io_result read_some(std::span<char> out) noexcept final { return chosen().read_some(out); }
  errc accept() noexcept final { return chosen().accept(); }
  errc refusal() const noexcept final { return chosen().refusal(); }
  std::string_view server_text() const noexcept final { return chosen().server_text(); }

  void forget() noexcept final {
    for (std::size_t i = 0; i < size_; ++i) list_[i]->forget();
    candidates_ = 0;
  }

  choice(const choice&) = delete;
  choice& operator=(const choice&) = delete;

 protected:
  constexpr choice(mechanism* const* list, std::size_t size)
      : list_{list}, size_{static_cast<std::uint8_t>(size)} {}
  ~choice() = default;  // never deleted through this type

 private:
  static constexpr unsigned bit(std::size_t i) { return 1u << i; }
  mechanism& chosen() const { return *list_[chosen_]; }

  // Of the candidates that are left; of two that are equal, the one that was given first.
  bool choose() {
    const std::size_t none = weakest_ + std::size_t{1};
    std::size_t best = none;
    for (std::size_t i = 0; i < size_; ++i) {
      if ((candidates_ & bit(i)) == 0 || rank(list_[i]->selected()) >= best) continue;
      best = rank(list_[i]->selected());
      chosen_ = static_cast<std::uint8_t>(i);
    }
    return best < none;
  }

  mechanism* const* list_;
  std::uint16_t candidates_ = 0;  // those begun that were not set aside
  std::uint8_t size_;
  std::uint8_t chosen_ = 0;
  std::uint8_t weakest_ = 0;  // the rank of the strongest that failed: nothing weaker is chosen
};

template <class M>
concept login_to_choose = std::derived_from<M, mechanism> && !std::is_const_v<M>;

// strongest login{scram, cram, plain}; the logins are referred to, in any order, and must live until
// the client has finished.
template <std::size_t N>
class strongest final : public choice {
  static_assert(N <= max_logins, "strongest chooses among at most 16 logins");

 public:
  template <login_to_choose... M>
  requires(sizeof...(M) == N) constexpr explicit strongest(M&... logins)
      : choice{list_, N}, list_{&logins...} {}

 private:
  mechanism* list_[N];
};

template <login_to_choose... M>
strongest(M&...) -> strongest<sizeof...(M)>;

}  // namespace mailmote::sasl
