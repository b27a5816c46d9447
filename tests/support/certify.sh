# SPDX-License-Identifier: BSL-1.0
# certify.sh: keys and certificates with fixed dates, in the current folder. Sourced by scripts that
# have made a folder of their own, $work, for what is left over.
#
#   key NAME [TYPE]      NAME.key without a password: P-256, or rsa, rsa1024, P-384 ...
#   certify NAME COMMON_NAME ISSUER START END EXTENSION...   NAME.pem for NAME.key, by ISSUER
#   authority NAME COMMON_NAME ISSUER START END [EXTENSION...]
#   server NAME ISSUER START END [EXTENSION...]
#
# $digest, sha256 unless it is set, is what they are signed with; $sign_options are more words for
# `openssl ca`.

long="20200101000000Z 20891231235959Z"
past="20200101000000Z 20201231235959Z"
half="20200101000000Z 20591231235959Z"
late="20890101000000Z 20891231235959Z"

cat >"$work/ca.conf" <<'CONF'
[req]
distinguished_name = name
[name]
[ca]
default_ca = authority
[authority]
database = $ENV::WORK/index
new_certs_dir = $ENV::WORK
rand_serial = yes
default_md = sha256
unique_subject = no
policy = anything
[anything]
commonName = supplied
CONF
export WORK="$work"

key() {
  case ${2-P-256} in
    rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
    rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.key" ;;
    *) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2-P-256}" -out "$1.key" ;;
  esac
}

certify() {
  name=$1 common_name=$2 issuer=$3 start=$4 end=$5
  shift 5
  : >"$work/index"
  printf '%s\n' "$@" >"$work/extensions"
  openssl req -new -config "$work/ca.conf" -key "$name.key" -subj "/CN=$common_name" \
    -out "$work/request"
  if [ "$issuer" = "$name" ]; then
    set -- -selfsign -keyfile "$name.key"
  else
    set -- -cert "$issuer.pem" -keyfile "$issuer.key"
  fi
  # shellcheck disable=SC2086  # options are words
  openssl ca -batch -notext -md "${digest-sha256}" ${sign_options-} -config "$work/ca.conf" "$@" -startdate "$start" -enddate "$end" \
    -extfile "$work/extensions" -in "$work/request" -out "$name.pem" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
}

authority() {
  authority=$1 common_name=$2 issuer=$3 start=$4 end=$5
  shift 5
  certify "$authority" "$common_name" "$issuer" "$start" "$end" basicConstraints=critical,CA:true \
    keyUsage=critical,keyCertSign,cRLSign subjectKeyIdentifier=hash "$@"
}

server() {
  name=$1 issuer=$2 start=$3 end=$4
  shift 4
  certify "$name" "throwaway $name" "$issuer" "$start" "$end" basicConstraints=CA:false \
    keyUsage=critical,digitalSignature "$@"
}
