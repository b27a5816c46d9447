// SPDX-License-Identifier: BSL-1.0
// curl_peer.cpp: libcurl, with what makes it fast: its largest upload buffer, the response with AUTH.
#include <curl/curl.h>

#include <cstdio>
#include <string>

#include "job.hpp"

int main(int argc, char** argv) {
  const bench::job work{argc, argv};
  if (!work.options.empty()) return bench::has_no_such_thing;
  std::FILE* const mail = std::fopen(work.mail, "rb");
  CURL* const curl = curl_easy_init();
  if (mail == nullptr || curl == nullptr) return 1;
  curl_slist* to = nullptr;
  for (const std::string& one : work.to) to = curl_slist_append(to, one.c_str());
  const std::string url = (work.tls == "implicit" ? "smtps" : "smtp") +
                          std::string{"://localhost:"} + std::to_string(work.port) +
                          "/mote17.example.org";
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, bench::from);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 2'097'152L);
  curl_easy_setopt(
      curl, CURLOPT_READFUNCTION, +[](char* out, std::size_t size, std::size_t n, void* file) {
        return std::fread(out, 1, size * n, static_cast<std::FILE*>(file));
      });
  curl_easy_setopt(curl, CURLOPT_READDATA, mail);
  if (work.tls != "plain") {
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_CAINFO, work.ca);
  }
  if (work.logs_in) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, bench::user);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, bench::password);
    curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN");
    curl_easy_setopt(curl, CURLOPT_SASL_IR, 1L);
  }
  CURLcode result = CURLE_OK;
  for (int left = work.count; left > 0 && result == CURLE_OK; --left) {
    std::rewind(mail);
    result = curl_easy_perform(curl);
  }
  if (result != CURLE_OK) std::fprintf(stderr, "libcurl: %s\n", curl_easy_strerror(result));
  curl_easy_cleanup(curl);
  curl_slist_free_all(to);
  std::fclose(mail);
  return result == CURLE_OK ? 0 : 1;
}
