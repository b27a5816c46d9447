#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# mutants.sh BUILD_DIR COMPILER JOBS: plants one bug at a time in a copy of the headers, and fails
# unless the suite finds every one of them. A line a bug, and `N caught, N survived` at the end.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
compiler=$2
jobs=$3
mkdir -p "$1/mutants"
work=$(cd "$1/mutants" && pwd)
copy=$work/tree

give_up() {
  echo "mutants.sh: $*" >&2
  exit 1
}

build_suite() { cmake --build "$work/build" --target mailmote_tests -j "$jobs" >"$work/log" 2>&1; }

# Sets `failures`: the test cases that failed, when the suite came to its end and said so.
suite_fails() {
  failures=
  timeout 120 "$work/build/mailmote_tests" --abort-after=1 >"$work/said" 2>&1 && return 1
  failures=$(sed -n 's/^\[doctest\] test cases:.*| *\([0-9]*\) failed.*/\1/p' "$work/said")
  [[ -n $failures ]] || failures='the suite broke off'
}

caught=0
survived=0

# plant BUG FILE OLD NEW: OLD stands in FILE once.
plant() {
  local header=include/mailmote/$2 began=$SECONDS
  [[ $(grep -cF -- "$3" "$root/$header") == 1 ]] || give_up "no place in $2 for: $1"
  OLD=$3 NEW=$4 awk '
    at = index($0, ENVIRON["OLD"]) {
      $0 = substr($0, 1, at - 1) ENVIRON["NEW"] substr($0, at + length(ENVIRON["OLD"]))
    }
    { print }' "$root/$header" >"$copy/$header"
  build_suite || { cat "$work/log"; give_up "does not compile: $1"; }
  if suite_fails; then
    ((++caught))
    echo "caught: $1 (test cases that failed: $failures; $((SECONDS - began)) s)"
  else
    ((++survived))
    echo "SURVIVED: $1"
  fi
  cp "$root/$header" "$copy/$header" # with a new date, so that it is compiled again
}

rm -rf "$copy"
mkdir "$copy"
cp -r "$root"/{CMakeLists.txt,.cmake,include,tests,examples,single_include} "$copy"
cmake -S "$copy" -B "$work/build" -DCMAKE_CXX_COMPILER="$compiler" -DMAILMOTE_SANITIZE=OFF \
  -DMAILMOTE_BUILD_EXAMPLES=OFF -DCMAKE_CXX_FLAGS=-w >"$work/log"
build_suite || { cat "$work/log"; give_up 'the suite does not compile'; }
suite_fails && give_up 'the suite fails without a bug'

plant 'what was offered before TLS is still believed inside it' smtp/session.hpp \
  '    capabilities_ = {' '    if (!encrypted_) capabilities_ = {'
plant 'a mail counts as delivered on its 354' smtp/session.hpp \
  'message_.begin(is_lost() ? nullptr : body_, body_->length());' \
  'message_.begin(is_lost() ? nullptr : body_, body_->length()); verdict_.decide(fate::delivered);'
plant 'a 354 to the final dot counts as delivered' smtp/session.hpp \
  'if (reply_.is_class(2)) {' 'if (reply_.is_class(2) || reply_.is_class(3)) {'
plant 'no timeout runs after the login' smtp/session.hpp \
  'const timeouts& allowed = *settings_.timeouts;' \
  'if (authenticated_) return {now_, longest_timeout}; const timeouts& allowed = *settings_.timeouts;'
plant 'what comes between the 220 to STARTTLS and TLS is passed over' smtp/session.hpp \
  'return hang_up(errc::tls_injection);' 'continue;'
plant 'a server without STARTTLS gets the mail in clear' smtp/session.hpp \
  'return leave(errc::tls_unavailable);' 'return open_transaction();'
plant 'a mail without an answer counts as not delivered' smtp/session.hpp \
  'unanswered ? fate::unknown' 'unanswered ? fate::not_delivered'
plant 'the password stays in the buffer' smtp/session.hpp \
  'if (answering_ == step::auth) wipe(octets);' ''
plant 'a password may go out in clear' smtp/preconditions.hpp \
  'if (encrypted || ' 'if (!encrypted || encrypted || '
plant 'a parameter may have a second line' smtp/other_parameters.hpp \
  "if (!ascii::is_printable(c) || c == ' '" "if (c == ' '"
plant 'an extension that is missing is done without' smtp/other_parameters.hpp \
  'if (!one.optional && !offered' 'if (one.optional && !offered'
plant 'REQUIRETLS is believed of a server that does not know it' smtp/require_tls.hpp \
  'offered.has(smtp::extension::requiretls) ? std::string_view{} : keyword' 'std::string_view{}'
plant 'a reply code has two digits' smtp/reply.hpp 'place_ < place::code_end' \
  'place_ < place::digit_3'
plant 'the last line keeps one octet of its end' smtp/dot_stuffing.hpp \
  'if (!is_end(last_)) written = put_line_end(out, written);' \
  'if (!is_end(last_)) written = put_line_end(out, written) - 1;'
plant 'a dot is stuffed a line late' smtp/dot_stuffing.hpp \
  "char last_ = '\\n';" 'char last_ = 0;'
plant 'a block of a text is believed to be clean but for its dots' text/clean_run.hpp \
  "found |= equals(before, '\\r') ^ equals(octets, '\\n');" ''
plant 'a name matches whatever its left-most label' tls/server_identity.hpp \
  'ascii::equal_ignoring_case(presented, host)' \
  '(skip_label(presented), skip_label(host), ascii::equal_ignoring_case(presented, host))'
plant 'a certificate never expires' tls/certificate.hpp 'from <= now && now <= until' 'from <= now'
plant 'any handshake that wolfSSL is content with will do' tls/wolfssl.hpp \
  'const errc verdict = tls::judge_handshake(facts());' 'const errc verdict = errc::none;'
plant 'an intermediate may vouch for another session, unconstrained' tls/wolfssl.hpp \
  'if (trust_->spoiled_ != spoiled_ &&' 'if (false &&'
plant 'a constrained intermediate may vouch for the next connection' tls/wolfssl_context.hpp \
  'ctx_ != nullptr && is_clean &&' 'ctx_ != nullptr &&'
plant 'a connection that is cut off is an orderly end' tls/wolfssl.hpp \
  'if (lower_said_ == io_status::closed) return errc::tls_truncated;' ''
plant 'an attachment may be shorter than it says' mime/body_encoder.hpp \
  'is_over ? left_ > 0 :' 'is_over ? false :'
plant 'a text may look like a boundary' mime/body_encoder.hpp 'mark_ == boundary_mark.size()' 'false'
plant 'a blank may end a line of quoted-printable' text/quoted_printable.hpp \
  'put_token(c, !at_end, out)' 'put_token(c, true, out)'
plant 'a subject may have two lines' mime/check.hpp \
  'ascii::has_control(value) ?' 'false ?'

echo "$caught caught, $survived survived"
test "$survived" -eq 0
