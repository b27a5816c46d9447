// SPDX-License-Identifier: BSL-1.0
// version.hpp: which mailmote this is.
//
// Knows:          its own number, by the rules of semver.org.
// Does not know:  anything else.
// Bounds:         compile-time constants only.
#pragma once

#define MAILMOTE_VERSION_MAJOR 0
#define MAILMOTE_VERSION_MINOR 1
#define MAILMOTE_VERSION_PATCH 0

namespace mailmote {

inline constexpr const char version[] = "0.1.0";

}  // namespace mailmote
