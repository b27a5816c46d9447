// SPDX-License-Identifier: BSL-1.0
// PBKDF2 by the known answers of RFC 6070, in slices.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <mailmote/sasl/pbkdf2.hpp>

#include "support/login_parts.hpp"
#include "support/wolfcrypt_hash.hpp"

using namespace mailmote;
using namespace std::string_literals;

namespace {

template <class Hash>
std::string derived(std::string_view password, std::string_view salt, std::uint32_t iterations,
                    std::uint32_t slice) {
  const sasl::hmac<Hash> mac{password};
  Hash salted = mac.begin();
  salted.update(salt);
  sasl::pbkdf2<Hash> work;
  work.begin(mac, salted, iterations);
  while (!work.run(mac, slice)) {
  }
  return test::hex(work.result());
}

}  // namespace

// Of those that are cut shorter or longer, the first block.
TEST_CASE("PBKDF2 gives the answers of RFC 6070, whatever the slice") {
  for (const std::uint32_t slice : {1u, 63u, 64u, 4095u, 4096u, 100'000u}) {
    CAPTURE(slice);
    CHECK(derived<test::sha_1>("password", "salt", 1, slice) ==
          "0c60c80f961f0e71f3a9b524af6012062fe037a6");
    CHECK(derived<test::sha_1>("password", "salt", 2, slice) ==
          "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    CHECK(derived<test::sha_1>("password", "salt", 4096, slice) ==
          "4b007901b765489abead49d926f721d065a429c1");
    CHECK(derived<test::sha_1>("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt",
                               4096, slice) == "3d2eec4fe41c849b80c8d83662c0e44a8b291a96");
    CHECK(derived<test::sha_1>("pass\0word"s, "sa\0lt"s, 4096, slice) ==
          "56fa6aa75548099dcc37d7f03425e0c37f1c42b2");
  }
}

TEST_CASE("a slice does as many iterations as it is given, and no more") {
  const sasl::hmac<test::counted_hash> mac{std::string_view{"password"}};
  test::counted_hash salted = mac.begin();
  sasl::pbkdf2<test::counted_hash> work;
  work.begin(mac, salted, 101);  // the first is done
  const auto hashes = [&](std::uint32_t slice, bool completes) {
    const std::size_t before = test::counted_hash::finished;
    CHECK(work.run(mac, slice) == completes);
    return test::counted_hash::finished - before;
  };
  CHECK(hashes(64, false) == 2 * 64);
  CHECK(hashes(0, false) == 0);
  CHECK(hashes(35, false) == 2 * 35);
  CHECK(hashes(64, true) == 2);
  CHECK(hashes(64, true) == 0);
}
