#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# pki.sh DIRECTORY: makes the throwaway certificates of the tests, with the `openssl` command.
#
# NAME.pem is a certificate (the leaf first where it is a chain), NAME.key its key without a
# password. All keys are P-256 but for the rsa ones; all dates are fixed, so no test needs a clock.
#
#   ca, other_ca, rsa_ca   trust anchors, 2020 to 2089
#   old_ca                 another, valid in 2020 only
#   by_old                 as good, by old_ca
#   good                   mail.example.test, localhost, 127.0.0.1, ::1; by ca, 2020 to 2089
#   rsa                    the same with RSA-2048, by rsa_ca
#   rsa_chain              the same, by an intermediate with RSA-2048 that it carries, by rsa_ca
#   chain                  the same names, by an intermediate (2020 to 2059) that it carries, by ca
#   chain_expired          the same, but the intermediate was valid in 2020 only
#   client_chain           the same, but the intermediate is for clients only (extended key usage)
#   narrow_chain           the same, but the intermediate is for example.test only (name constraints)
#   chain_leaf             chain without its intermediate; chain_expired_leaf, client_chain_leaf
#                          and narrow_chain_leaf likewise
#   wrong_name             mail.other.test and 192.0.2.1, by ca
#   wildcard               *.example.test, by ca
#   common_name            CN=mail.example.test and no alternative name, by ca
#   expired                as good, valid in 2020 only
#   future                 as good, valid in 2089 only
#   self_signed            as good, by itself
#   unknown                as good, by other_ca
#   forged                 as good, by a CA that has ca's name and not its key
#   client_only            as good, by ca, for clients only (extended key usage)
#   sha384, sha512         as good, signed by ca with another digest than SHA-256
#   pss                    as rsa, signed with RSASSA-PSS and SHA-384
#
# ca.der, good.der, rsa.der and those of the last two lines are the same certificates in DER, and
# NAME.end_point the hash by which RFC 5929 names them. key.der, key_pkcs8.der are good.key in DER.
set -eu
umask 077
support=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$support/certify.sh"

names="DNS:mail.example.test,DNS:localhost,IP:127.0.0.1,IP:::1"

for name in ca other_ca old_ca by_old imposter intermediate late_intermediate client_intermediate \
  narrow_intermediate client_chain narrow_chain good chain chain_expired \
  wrong_name wildcard common_name expired future self_signed unknown forged client_only \
  sha384 sha512; do
  key "$name"
done 2>/dev/null
key rsa_ca rsa 2>/dev/null
key rsa rsa 2>/dev/null
key pss rsa 2>/dev/null
key rsa_chain rsa 2>/dev/null
key rsa_intermediate rsa 2>/dev/null

# shellcheck disable=SC2086  # the dates are two words
{
  authority ca "mailmote throwaway CA" ca $long
  authority other_ca "another throwaway CA" other_ca $long
  authority old_ca "an old throwaway CA" old_ca $past
  authority rsa_ca "mailmote throwaway RSA CA" rsa_ca $long
  authority imposter "mailmote throwaway CA" imposter $long
  authority intermediate "mailmote throwaway intermediate" ca $half
  authority rsa_intermediate "mailmote throwaway RSA intermediate" rsa_ca $half
  authority late_intermediate "mailmote throwaway late intermediate" ca $past

  authority client_intermediate "mailmote throwaway client CA" ca $half extendedKeyUsage=clientAuth
  authority narrow_intermediate "mailmote throwaway narrow CA" ca $half \
    "nameConstraints=critical,permitted;DNS:example.test"

  server good ca $long "subjectAltName=$names"
  server by_old old_ca $long "subjectAltName=$names"
  server rsa rsa_ca $long "subjectAltName=$names"
  server rsa_chain rsa_intermediate $long "subjectAltName=$names"
  server chain intermediate $long "subjectAltName=$names"
  server client_chain client_intermediate $long "subjectAltName=$names"
  server narrow_chain narrow_intermediate $long "subjectAltName=DNS:mail.example.test"
  server chain_expired late_intermediate $long "subjectAltName=$names"
  server wrong_name ca $long "subjectAltName=DNS:mail.other.test,IP:192.0.2.1"
  server wildcard ca $long "subjectAltName=DNS:*.example.test"
  certify common_name mail.example.test ca $long basicConstraints=CA:false
  server expired ca $past "subjectAltName=$names"
  server future ca $late "subjectAltName=$names"
  server self_signed self_signed $long "subjectAltName=$names"
  server unknown other_ca $long "subjectAltName=$names"
  server forged imposter $long "subjectAltName=$names" authorityKeyIdentifier=none
  server client_only ca $long "subjectAltName=$names" extendedKeyUsage=clientAuth

  for digest in sha384 sha512; do
    server $digest ca $long "subjectAltName=$names"
  done
  digest=sha384
  sign_options="-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1"
  server pss rsa_ca $long "subjectAltName=$names"
  digest=sha256 sign_options=
}

for name in chain chain_expired client_chain narrow_chain; do
  cp $name.pem ${name}_leaf.pem
  cp $name.key ${name}_leaf.key
done
cat intermediate.pem >>chain.pem
cat rsa_intermediate.pem >>rsa_chain.pem
cat late_intermediate.pem >>chain_expired.pem
cat client_intermediate.pem >>client_chain.pem
cat narrow_intermediate.pem >>narrow_chain.pem
for name in ca good rsa sha384 sha512 pss; do
  openssl x509 -in $name.pem -outform DER -out $name.der
done
end_point() { openssl dgst "-$2" -binary -out "$1.end_point" "$1.der"; }
for name in good rsa; do end_point $name sha256; done
for name in sha384 pss; do end_point $name sha384; done
end_point sha512 sha512
openssl ec -in good.key -outform DER -out key.der 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in good.key -outform DER -out key_pkcs8.der
rm -f imposter.* *intermediate.*
