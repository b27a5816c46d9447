// SPDX-License-Identifier: BSL-1.0
// job.hpp: what a peer of the benchmark is asked to do, as its command line says it:
//
//   PEER plain|starttls|implicit PORT CA MAIL COUNT RECIPIENTS login|anonymous [OPTION ...]
//
// It sends the file MAIL to RECIPIENTS addresses, COUNT times over one connection to localhost, and
// exits with 0 if all were taken; with 69 when it has no such option or kind of TLS.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

constexpr int has_no_such_thing = 69;

struct job {
  std::string_view tls{};
  std::uint16_t port = 0;
  const char* ca = nullptr;
  const char* mail = nullptr;
  int count = 0;
  std::vector<std::string> to{};
  bool logs_in = false;
  std::vector<std::string_view> options{};

  job(int argc, char** argv) {
    if (argc < 8) std::exit(64);
    tls = argv[1];
    port = static_cast<std::uint16_t>(std::atoi(argv[2]));
    ca = argv[3];
    mail = argv[4];
    count = std::atoi(argv[5]);
    for (int i = 1; i <= std::atoi(argv[6]); ++i)
      to.push_back("ops" + std::to_string(i) + "@example.org");
    logs_in = std::string_view{argv[7]} == "login";
    options.assign(argv + 8, argv + argc);
  }
};

constexpr const char* from = "mote17@example.org";
constexpr const char* user = "mote17";
constexpr const char* password = "correct-horse";

}  // namespace bench
