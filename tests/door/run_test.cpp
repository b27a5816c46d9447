// SPDX-License-Identifier: BSL-1.0
// What run asks of a client and of a port, in which order.
#include <mailmote/run.hpp>

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace {

using mailmote::interest;
using mailmote::milliseconds;
using mailmote::status;

// A clock that only waiting advances; both sides write down what is asked of them.
struct script {
  std::string asked{};
  milliseconds time = 1000;
};

struct scripted_client {
  script& to;
  int polls_to_finish;  // 0: there is no mail

  status poll(milliseconds now) noexcept {
    to.asked += "poll " + std::to_string(now) + "\n";
    if (polls_to_finish == 0) return status::idle;
    return --polls_to_finish == 0 ? status::finished : status::working;
  }
  interest wants() const noexcept { return {.read = true, .write = polls_to_finish == 1}; }
  milliseconds next_timeout(milliseconds now) const noexcept { return 1500 - now; }
  mailmote::outcome result() const noexcept {
    return {.fate = mailmote::fate::delivered, .code = 250};
  }
};

struct scripted_port {
  script& to;

  milliseconds now() noexcept { return to.time; }
  void wait(interest wants, milliseconds timeout) noexcept {
    to.asked += std::string{"wait"} + (wants.read ? " read" : "") + (wants.write ? " write" : "") +
                " " + std::to_string(timeout) + "\n";
    to.time += 100;
  }
};

TEST_CASE("a mail is polled, and waited for, until it has finished") {
  script to;
  scripted_client client{to, 3};
  scripted_port port{to};
  CHECK(mailmote::run(client, port).code == 250);
  CHECK(to.asked ==
        "poll 1000\n"
        "wait read 500\n"
        "poll 1100\n"
        "wait read write 400\n"
        "poll 1200\n");
}

TEST_CASE("without a mail the last result is there at once") {
  script to;
  scripted_client client{to, 0};
  scripted_port port{to};
  CHECK(mailmote::run(client, port).fate == mailmote::fate::delivered);
  CHECK(to.asked == "poll 1000\n");
}

}  // namespace
