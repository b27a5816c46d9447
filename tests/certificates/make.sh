#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# make.sh DIRECTORY: makes the certificates of expected.txt, with the `openssl` command.
#
# NAME.pem is what a server shows, its own certificate first; NAME.key its key. The trust anchors are
# ca, rsa_ca, old_ca (2020 only), next_ca (2089 only), small_ca (RSA-1024) and old_hash_ca (signed
# with SHA-1). What is not said to be otherwise is valid from 2020 to 2089,
# has a P-256 key, is signed with SHA-256, and is for mail.example.test.
set -eu
umask 077
support=$(cd "$(dirname "$0")/../support" && pwd)
mkdir -p "$1"
cd "$1"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$support/certify.sh"

mail=subjectAltName=DNS:mail.example.test

# shellcheck disable=SC2086  # the dates are two words
{
  # leaf NAME ISSUER [EXTENSION...]: with the issuer's own chain behind it.
  leaf() {
    leaf=$1 issuer=$2
    shift 2
    [ -e "$leaf.key" ] || cp leaf.key "$leaf.key"
    server "$leaf" "$issuer" ${dates-$long} "$@"
    [ ! -e "$issuer.chain" ] || cat "$issuer.chain" >>"$leaf.pem"
  }

  # middle NAME ISSUER [EXTENSION...]: an intermediate, for leaves to be signed by.
  middle() {
    middle=$1 issuer=$2
    shift 2
    [ -e "$middle.key" ] || key "$middle"
    certify "$middle" "throwaway $middle" "$issuer" ${dates-$long} \
      "${basic-basicConstraints=critical,CA:true}" \
      "${usage-keyUsage=critical,keyCertSign,cRLSign}" subjectKeyIdentifier=hash "$@"
    cp "$middle.pem" "$middle.chain"
    [ ! -e "$issuer.chain" ] || cat "$issuer.chain" >>"$middle.chain"
  }

  # named NAME COMMON_NAME [EXTENSION...]: a leaf by ca whose common name matters.
  named() {
    name=$1 common_name=$2
    shift 2
    cp leaf.key "$name.key"
    certify "$name" "$common_name" ca $long basicConstraints=CA:false \
      keyUsage=critical,digitalSignature "$@"
  }

  # shown NAME FILE...: a chain of one's own choice, with the key of the first.
  shown() {
    name=$1
    cp "${2%.*}.key" "$name.key"
    shift
    cat "$@" >"$name.pem"
  }

  {
    for authority in ca other_ca old_ca next_ca old_hash_ca look_alike leaf p192 p384; do
      case $authority in
        p192) key p192 prime192v1 ;;
        p384) key p384 P-384 ;;
        *) key $authority ;;
      esac
    done
    for bits in 512 1024 2048; do key rsa$bits rsa$bits; done
    key small_ca rsa1024
    key rsa_ca rsa
    key small_middle rsa1024
  } 2>/dev/null
  authority ca "throwaway CA" ca $long
  authority other_ca "another throwaway CA" other_ca $long
  authority look_alike "throwaway CA" look_alike $long
  authority old_ca "throwaway CA of 2020" old_ca $past
  authority next_ca "throwaway CA of 2089" next_ca $late
  authority small_ca "throwaway small CA" small_ca $long
  authority rsa_ca "throwaway RSA CA" rsa_ca $long
  digest=sha1 authority old_hash_ca "throwaway CA with SHA-1" old_hash_ca $long

  # Names.
  leaf exact ca $mail
  leaf upper ca subjectAltName=DNS:MAIL.Example.TEST
  leaf wildcard ca "subjectAltName=DNS:*.example.test"
  leaf wildcard_tld ca "subjectAltName=DNS:*.test"
  leaf wildcard_alone ca "subjectAltName=DNS:*"
  leaf wildcard_front ca "subjectAltName=DNS:m*.example.test"
  leaf wildcard_back ca "subjectAltName=DNS:*l.example.test"
  leaf wildcard_amid ca "subjectAltName=DNS:m*l.example.test"
  leaf wildcard_second ca "subjectAltName=DNS:mail.*.test"
  leaf wildcard_twice ca "subjectAltName=DNS:*.*.test"
  leaf wildcard_last ca "subjectAltName=DNS:mail.example.*"
  leaf several ca "subjectAltName=DNS:www.other.test,email:ops@example.test,IP:192.0.2.1,DNS:mail.example.test"
  hosts() { # hosts N
    awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "DNS:host%d.example.test,", i }'
  }
  leaf many ca "subjectAltName=$(hosts 99)DNS:mail.example.test"
  leaf very_many ca "subjectAltName=$(hosts 199)DNS:mail.example.test"
  leaf other_name ca subjectAltName=DNS:mail.other.test
  named common_name mail.example.test
  named common_name_other mail.example.test subjectAltName=DNS:mail.other.test
  named common_name_email mail.example.test subjectAltName=email:ops@example.test
  named common_name_ip 192.0.2.7
  leaf a_label ca subjectAltName=DNS:xn--bcher-kva.example.test
  leaf a_label_upper ca subjectAltName=DNS:XN--BCHER-KVA.EXAMPLE.TEST
  leaf a_label_wildcard ca "subjectAltName=DNS:xn--*.example.test"
  leaf root_dot ca subjectAltName=DNS:mail.example.test.
  leaf nul ca "subjectAltName=DER:30:1e:82:1c:$(printf 'mail.example.test\000.evil.test' | od -An -tx1 -v | tr -d '\n' | tr -s ' ' ':' | sed 's/^://' | cut -c1-83)"
  leaf no_names ca subjectAltName=DER:30:00
  leaf single_label ca subjectAltName=DNS:gateway
  leaf underscore ca subjectAltName=DNS:mail_1.example.test
  leaf uri ca subjectAltName=URI:https://mail.example.test/
  leaf ip ca "subjectAltName=IP:192.0.2.7,IP:2001:db8::7"
  leaf ip_text ca "subjectAltName=DNS:192.0.2.7,DNS:2001.db8.7"

  # Dates.
  dates=$past leaf expired ca $mail
  dates=$late leaf future ca $mail
  leaf old_anchor old_ca $mail
  leaf next_anchor next_ca $mail
  cat old_anchor.pem old_ca.pem >old_anchor_shown.pem
  cp old_anchor.key old_anchor_shown.key
  middle first ca
  middle second first
  leaf chain first $mail
  leaf chain_of_three second $mail
  dates=$past middle expired_first ca
  middle after_expired expired_first
  leaf chain_expired expired_first $mail
  leaf chain_expired_above after_expired $mail
  dates=$past middle expired_second first
  leaf chain_expired_below expired_second $mail
  dates=$late middle future_first ca
  leaf chain_future future_first $mail

  # Who vouches.
  leaf unknown other_ca $mail
  leaf self_signed self_signed $mail
  leaf forged look_alike $mail authorityKeyIdentifier=keyid:always
  leaf forged_without_key_id look_alike $mail authorityKeyIdentifier=none
  shown missing_intermediate chain.pem
  openssl x509 -in chain.pem -out missing_intermediate.pem
  openssl x509 -in chain_of_three.pem -out third.pem
  cp chain_of_three.key third.key
  openssl x509 -in first.pem -out first_only.pem
  shown gap third.pem first_only.pem
  shown wrong_order third.pem first.pem second.pem
  shown unrelated exact.pem other_ca.pem
  shown root_shown chain.pem ca.pem
  openssl x509 -in exact.pem -outform DER -out "$work/der"
  # The last octet of the signature, which stands at the end, is another.
  { head -c -1 "$work/der" && tail -c 1 "$work/der" | tr '\000-\377' '\001-\377\000'; } >"$work/changed"
  openssl x509 -inform DER -in "$work/changed" -out changed.pem
  cp exact.key changed.key

  # What a certificate may be used for.
  basic=basicConstraints=critical,CA:false middle no_ca ca
  leaf by_no_ca no_ca $mail
  basic=nsComment=none middle no_constraints ca
  leaf by_no_constraints no_constraints $mail
  usage=keyUsage=critical,digitalSignature middle no_cert_sign ca
  leaf by_no_cert_sign no_cert_sign $mail
  basic=basicConstraints=critical,CA:true,pathlen:0 middle last_ca ca
  middle one_too_many last_ca
  leaf by_last_ca last_ca $mail
  leaf path_too_long one_too_many $mail
  cp leaf.key is_ca.key
  certify is_ca "throwaway is_ca" ca $long basicConstraints=critical,CA:true \
    keyUsage=critical,keyCertSign,digitalSignature $mail
  cp leaf.key leaf_signs.key
  leaf leaf_signs ca $mail
  leaf by_leaf leaf_signs $mail
  cat leaf_signs.pem >>by_leaf.pem
  leaf eku_server ca $mail extendedKeyUsage=serverAuth,clientAuth
  leaf eku_client ca $mail extendedKeyUsage=clientAuth
  leaf eku_email ca $mail extendedKeyUsage=emailProtection
  leaf eku_any ca $mail extendedKeyUsage=anyExtendedKeyUsage
  leaf eku_client_and_any ca $mail extendedKeyUsage=clientAuth,anyExtendedKeyUsage
  middle eku_client_ca ca extendedKeyUsage=clientAuth
  leaf by_eku_client_ca eku_client_ca $mail
  middle eku_server_ca ca extendedKeyUsage=serverAuth
  leaf by_eku_server_ca eku_server_ca $mail
  cp leaf.key no_signature.key
  certify no_signature "throwaway no_signature" ca $long basicConstraints=CA:false \
    keyUsage=critical,nonRepudiation $mail

  # Strength.
  for kind in rsa512 rsa1024 rsa2048 p192 p384; do leaf $kind ca $mail; done
  middle small_middle ca
  leaf by_small_middle small_middle $mail
  leaf by_small_ca small_ca $mail
  digest=sha1 leaf sha1 ca $mail
  digest=md5 leaf md5 rsa_ca $mail
  digest=sha1 leaf sha1_rsa rsa_ca $mail
  leaf sha256_rsa rsa_ca $mail
  digest=sha384 leaf sha384 ca $mail
  digest=sha1 middle sha1_middle ca
  leaf by_sha1_middle sha1_middle $mail
  leaf by_old_hash_ca old_hash_ca $mail
  shown old_hash_ca_shown by_old_hash_ca.pem old_hash_ca.pem

  # Name constraints.
  middle permits ca "nameConstraints=critical,permitted;DNS:example.test"
  leaf permitted permits $mail
  leaf not_permitted permits subjectAltName=DNS:mail.other.test
  leaf not_permitted_too permits "subjectAltName=DNS:mail.example.test,DNS:mail.other.test"
  middle excludes ca "nameConstraints=critical,excluded;DNS:example.test"
  leaf excluded excludes $mail
  leaf excluded_wildcard excludes "subjectAltName=DNS:*.example.test"
  leaf not_excluded excludes subjectAltName=DNS:mail.other.test
  middle permits_ip ca "nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0"
  leaf permitted_ip permits_ip subjectAltName=IP:192.0.2.7
  leaf not_permitted_ip permits_ip subjectAltName=IP:198.51.100.7
  middle excludes_ip ca "nameConstraints=critical,excluded;IP:192.0.2.0/255.255.255.0"
  leaf excluded_ip excludes_ip subjectAltName=IP:192.0.2.7
  middle under_excludes excludes
  leaf excluded_above under_excludes $mail
  middle under_permits permits
  leaf permitted_above under_permits $mail
  cp leaf.key constrained_ca.key
  authority constrained_ca "throwaway constrained CA" constrained_ca $long \
    "nameConstraints=critical,permitted;DNS:example.test"
  leaf by_constrained_ca constrained_ca $mail
  middle permits_dn ca "nameConstraints=critical,permitted;dirName:its_leaf" '[its_leaf]' \
    'CN = throwaway permitted_dn'
  leaf permitted_dn permits_dn $mail
  leaf not_permitted_dn permits_dn $mail

  # What nobody knows.
  unknown=1.3.6.1.4.1.55555.1
  leaf critical ca $mail $unknown=critical,ASN1:UTF8String:what
  leaf not_critical ca $mail $unknown=ASN1:UTF8String:what
  middle critical_middle ca $unknown=critical,ASN1:UTF8String:what
  leaf by_critical_middle critical_middle $mail

  # Size.
  before=ca
  for n in 1 2 3 4 5 6 7 8; do
    middle deep$n $before
    before=deep$n
  done
  leaf chain_of_nine deep8 $mail
  middle deep9 deep8
  leaf chain_of_ten deep9 $mail
  big() {
    printf 'subjectAltName=DNS:mail.example.test'
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf ",DNS:a-rather-long-name-of-a-host-%05d.example.test", i }'
  }
  leaf six_kilobytes ca "$(big 110)"
  leaf sixty_kilobytes ca "$(big 1220)"
  leaf seventy_kilobytes ca "$(big 1350)"
}
