// SPDX-License-Identifier: BSL-1.0
// esmtp_peer.cpp: libESMTP, which pipelines.
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdio>
#include <string>

#include <auth-client.h>
#include <libesmtp.h>

#include "job.hpp"

namespace {

int answer(auth_client_request_t asked, char** answers, int fields, void*) {
  static std::string user = bench::user;
  static std::string password = bench::password;
  for (int i = 0; i < fields; ++i) {
    answers[i] = (asked[i].flags & AUTH_PASS) != 0 ? password.data() : user.data();
  }
  return 1;
}

void heed(smtp_session_t, int, void*, ...) {}

}  // namespace

int main(int argc, char** argv) {
  const bench::job work{argc, argv};
  if (!work.options.empty() || work.tls == "implicit") return bench::has_no_such_thing;
  auth_client_init();
  smtp_session_t session = smtp_create_session();
  std::string server = "localhost:" + std::to_string(work.port);
  smtp_set_server(session, server.c_str());
  smtp_set_hostname(session, "mote17.example.org");
  smtp_set_eventcb(session, heed, nullptr);
  if (work.tls == "starttls") {
    SSL_CTX* const trust = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(trust, work.ca, nullptr);
    SSL_CTX_set_verify(trust, SSL_VERIFY_PEER, nullptr);
    smtp_starttls_set_ctx(session, trust);
    smtp_starttls_enable(session, Starttls_REQUIRED);
  }
  auth_context_t login = auth_create_context();
  if (work.logs_in) {
    auth_set_mechanism_flags(login, AUTH_PLUGIN_PLAIN, 0);
    auth_set_interact_cb(login, answer, nullptr);
    smtp_auth_set_context(session, login);
  }
  std::FILE* const file = std::fopen(work.mail, "rb");
  for (int i = 0; i < work.count; ++i) {
    smtp_message_t mail = smtp_add_message(session);
    smtp_set_reverse_path(mail, bench::from);
    for (const std::string& to : work.to) smtp_add_recipient(mail, to.c_str());
    smtp_set_messagecb(mail, _smtp_message_fp_cb, file);
  }
  const bool done = smtp_start_session(session) != 0;
  if (!done) {
    char why[128];
    std::fprintf(stderr, "libESMTP: %s\n", smtp_strerror(smtp_errno(), why, sizeof why));
  }
  smtp_destroy_session(session);
  auth_destroy_context(login);
  auth_client_exit();
  return done ? 0 : 1;
}
