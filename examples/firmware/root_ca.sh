#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# root_ca.sh FILE: prints a header with the PEM file as a constant.
set -eu
echo '#pragma once'
echo '#include <string_view>'
echo 'inline constexpr std::string_view root_ca ='
sed 's/.*/    "&\\n"/' "$1"
echo '    ;'
