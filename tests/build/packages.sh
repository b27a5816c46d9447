#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# packages.sh TARGET: installs what a target of the Makefile needs and the machine lacks, on Debian and
# Ubuntu; elsewhere says what it is.
set -eu

# Each package stands beside a command that succeeds where it is not needed.
missing=
need() {
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has_header() { echo "#include <$1>" | g++ -E -x c++ - ; }
can_sanitize() { echo "int main() {}" | clang++ -fsanitize=address -x c++ - -o /dev/null ; }
can_do_32_bits() { echo "#include <string>
int main() {}" | g++ -m32 -x c++ - -o /dev/null ; }
has_arm_header() { echo "#include <$1>" | arm-none-eabi-g++ -mcpu=cortex-m3 -E -x c++ - ; }
has_postfix() { PATH=$PATH:/usr/sbin command -v postfix ; }
has_dovecot() { PATH=$PATH:/usr/sbin command -v dovecot ; }
has_dovecot_submission() { test -x /usr/lib/dovecot/submission ; }
has_saslpasswd() { PATH=$PATH:/usr/sbin command -v saslpasswd2 ; }
has_sasl_modules() { ls /usr/lib/*/sasl2/libscram.so ; }
has_mime_tools() { perl -MMIME::Parser -e 1 ; }
has_aiosmtpd() { /usr/bin/python3 -c 'import aiosmtpd' ; }

needs_of_build() {
  need g++ command -v g++
  need cmake command -v cmake
  need pkg-config command -v pkg-config
  need openssl command -v openssl
  need doctest-dev has_header doctest/doctest.h
  need libwolfssl-dev has_header wolfssl/ssl.h
}

needs_of_boards() {
  need gcc-arm-none-eabi command -v arm-none-eabi-gcc
  need libnewlib-arm-none-eabi has_arm_header string.h
  need libstdc++-arm-none-eabi-dev has_arm_header span
}
needs_of_postfix() {
  need postfix has_postfix
  need dovecot-core has_dovecot
}

case ${1:-} in
  demo) needs_of_build ;;
  test)
    needs_of_build
    need libssl-dev has_header openssl/ssl.h
    need clang command -v clang++
    need libclang-rt-dev can_sanitize
    need python3 command -v python3
    need libmime-tools-perl has_mime_tools
    ;;
  compilers)
    needs_of_build
    need clang command -v clang++
    need g++-multilib can_do_32_bits
    needs_of_boards
    ;;
  size)
    needs_of_boards
    need clang command -v clang++
    need g++ command -v g++
    need libwolfssl-dev has_header wolfssl/ssl.h
    ;;
  ports)
    needs_of_build
    need liblwip-dev test -e /usr/include/lwip/lwip/init.h
    need arduino-core-avr test -d /usr/share/arduino/hardware/arduino/avr
    ;;
  firmware)
    needs_of_build
    needs_of_boards
    ;;
  firmware-test)
    needs_of_build
    needs_of_boards
    needs_of_postfix
    need qemu-system-arm command -v qemu-system-arm
    need libslirp-dev has_header slirp/libslirp.h
    need python3 command -v python3
    ;;
  interop)
    needs_of_build
    needs_of_postfix
    need dovecot-submissiond has_dovecot_submission
    need sasl2-bin has_saslpasswd
    need libsasl2-modules has_sasl_modules
    need python3-aiosmtpd has_aiosmtpd
    need libgsasl-dev has_header gsasl.h
    need libssl-dev has_header openssl/ssl.h
    ;;
  bench)
    needs_of_build
    need libssl-dev has_header openssl/ssl.h
    need libcurl4-openssl-dev has_header curl/curl.h
    need libesmtp-dev has_header libesmtp.h
    need msmtp command -v msmtp
    need python3 command -v python3
    ;;
  format) need clang-format-14 command -v clang-format-14 ;;
  tidy)
    needs_of_build
    need clang-tidy-14 command -v clang-tidy-14
    ;;
  *)
    echo "packages.sh: no target ${1:-}" >&2
    exit 64
    ;;
esac

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "This needs, by Debian's names:$missing. Please install them, and come again." >&2
  exit 1
fi

if [ "$(id -u)" -eq 0 ]; then sudo=; else sudo=sudo; fi
echo "Installing$missing${sudo:+ (with sudo)}"
if [ "$1" = interop ] || [ "$1" = firmware-test ]; then
  # Postfix must not ask what kind of mail server this machine is, or become one.
  echo "postfix postfix/main_mailer_type select No configuration" | $sudo debconf-set-selections
fi
$sudo apt-get update -qq
# Word splitting is meant: one package a word.
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
  >/dev/null
