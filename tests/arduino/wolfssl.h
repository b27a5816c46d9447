// SPDX-License-Identifier: BSL-1.0
// The library manager finds wolfSSL by this name.
#pragma once
