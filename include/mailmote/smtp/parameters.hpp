// SPDX-License-Identifier: BSL-1.0
// parameters.hpp: what a mail says with MAIL and RCPT beyond what every mail says.
//
// Knows:          what the engine asks of such parameters, and how several go together.
// Does not know:  any of them: dsn.hpp, require_tls.hpp and other_parameters.hpp do.
// Bounds:         a pointer for each that is put together; nothing is linked that is not named.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include <mailmote/smtp/capabilities.hpp>
#include <mailmote/smtp/envelope.hpp>
#include <mailmote/smtp/settings.hpp>
#include <mailmote/text/piece_writer.hpp>

namespace mailmote {

// The envelope points to one. What it refers to must live, with itself, until the client has
// finished with the mail.
class esmtp_parameters {
 public:
  // Called by `send`, before a byte is written, of a mail whose addresses are sound: errc::none, or
  // what forbids it (bad_parameter, unlisted_extension, bad_extension_list). Law 5: of what passes
  // here, everything may go on the wire.
  virtual errc check(const settings& with, const envelope& mail) const noexcept = 0;

  // Before MAIL, once it is known what the server offers: the keyword of the first extension that
  // must be there and is not; empty: there is none.
  virtual std::string_view missing(const smtp::capabilities& offered) const noexcept = 0;

  // Writes the parameters of MAIL, or of the RCPT for `mail.to[index]`, each with a space before
  // it. Called many times for one command, and writes the same each time.
  virtual void put_mail(text::piece_writer& out,
                        const smtp::capabilities& offered) const noexcept = 0;
  virtual void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered,
                        std::size_t index, std::string_view address) const noexcept = 0;

 protected:
  constexpr esmtp_parameters() = default;
  constexpr esmtp_parameters(const esmtp_parameters&) = default;
  constexpr esmtp_parameters& operator=(const esmtp_parameters&) = default;
  ~esmtp_parameters() = default;  // never deleted through this type
};

// Several of them, in the order in which they are written. The list is referred to, as they are.
class parameter_list : public esmtp_parameters {
 public:
  using view = std::span<const esmtp_parameters* const>;

  constexpr explicit parameter_list(view all) : all_{all} {}

  errc check(const settings& with, const envelope& mail) const noexcept final {
    for (const auto* const one : all_) {
      if (const errc bad = one->check(with, mail); bad != errc::none) return bad;
    }
    return errc::none;
  }

  std::string_view missing(const smtp::capabilities& offered) const noexcept final {
    std::string_view keyword;
    for (const auto* const one : all_) {
      keyword = one->missing(offered);
      if (!keyword.empty()) break;
    }
    return keyword;
  }

  void put_mail(text::piece_writer& out, const smtp::capabilities& offered) const noexcept final {
    for (const auto* const one : all_) one->put_mail(out, offered);
  }

  void put_rcpt(text::piece_writer& out, const smtp::capabilities& offered, std::size_t index,
                std::string_view address) const noexcept final {
    for (const auto* const one : all_) one->put_rcpt(out, offered, index, address);
  }

  parameter_list(const parameter_list&) = delete;
  parameter_list& operator=(const parameter_list&) = delete;

 private:
  view all_;
};

// parameters more{report, priority};  // .parameters = &more
template <std::size_t N>
class parameters final : public parameter_list {
 public:
  template <std::derived_from<esmtp_parameters>... P>
  requires(sizeof...(P) == N) constexpr explicit parameters(P&... all)
      : parameter_list{view{array_, N}}, array_{&all...} {}

 private:
  const esmtp_parameters* array_[N];
};

template <std::derived_from<esmtp_parameters>... P>
parameters(P&...) -> parameters<sizeof...(P)>;

}  // namespace mailmote
