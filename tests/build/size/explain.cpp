// SPDX-License-Identifier: BSL-1.0
// The same, and it shows why a mail failed in words.
#define SHOWS_EXPLANATION
#include "engine.cpp"
