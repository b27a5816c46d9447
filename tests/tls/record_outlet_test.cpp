// SPDX-License-Identifier: BSL-1.0
// The way down for records, without a TLS library: what is taken, kept and held back.
#include <mailmote/tls/record_outlet.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <support/memory_pipe.hpp>

using namespace mailmote;
using tls::lower_stream;
using tls::record_outlet;

TEST_CASE("a record that the stream takes in pieces is taken whole, as the library sees it") {
  support::memory_pipe pipe;
  lower_stream lower{pipe.near};
  record_outlet outlet;
  pipe.to_far.capacity = 3;
  CHECK(outlet.send(lower, std::string_view{"record"}).status() == io_status::want_write);
  pipe.to_far.capacity = 5;
  CHECK(outlet.send(lower, std::string_view{"record"}).status() == io_status::want_write);
  CHECK(pipe.to_far.octets == "recor");
  pipe.to_far.capacity = support::unlimited;
  CHECK(outlet.send(lower, std::string_view{"record, and an answer"}).count() == 21);
  CHECK(pipe.to_far.octets == "record, and an answer");
  CHECK(outlet.send(lower, std::string_view{"!"}).count() == 1);
  CHECK(pipe.to_far.octets == "record, and an answer!");
}

TEST_CASE("answers are kept in their order until the stream takes them") {
  support::memory_pipe pipe;
  lower_stream lower{pipe.near};
  record_outlet outlet;
  pipe.to_far.capacity = 0;
  CHECK(outlet.keep(std::string_view{"one "}));
  CHECK(outlet.keep(std::string_view{"two "}));
  CHECK(outlet.flush(lower) == io_status::want_write);
  pipe.to_far.capacity = 5;
  CHECK(outlet.flush(lower) == io_status::want_write);
  CHECK(outlet.keep(std::string_view{"three"}));
  pipe.to_far.capacity = support::unlimited;
  CHECK(outlet.flush(lower) == io_status::ok);
  CHECK(pipe.to_far.octets == "one two three");
  CHECK(outlet.flush(lower) == io_status::ok);
  CHECK(pipe.to_far.octets == "one two three");
}

TEST_CASE("four answers are enough, and the next is one too many until they are gone") {
  support::memory_pipe pipe;
  lower_stream lower{pipe.near};
  record_outlet outlet;
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(outlet.is_full());
    CHECK(outlet.keep(std::string(32, 'a')));
  }
  CHECK(outlet.is_full());
  CHECK_FALSE(outlet.keep(std::string_view{"a"}));
  CHECK_FALSE(outlet.hold_back());
  CHECK(outlet.flush(lower) == io_status::ok);
  CHECK_FALSE(outlet.is_full());
  CHECK_FALSE(outlet.keep(std::string(129, 'a')));
  CHECK(outlet.keep(std::string(128, 'a')));
}

TEST_CASE("answers held back are gone when the record before them is") {
  support::memory_pipe pipe;
  lower_stream lower{pipe.near};
  record_outlet outlet;
  for (int i = 0; i < 4; ++i) CHECK(outlet.hold_back());
  CHECK(outlet.is_full());
  CHECK_FALSE(outlet.hold_back());
  CHECK(outlet.send(lower, std::string_view{"record+answers"}).count() == 14);
  CHECK_FALSE(outlet.is_full());
}

TEST_CASE("a stream that fails is not asked to hold anything") {
  support::memory_pipe pipe;
  pipe.near.fail_at = 0;
  lower_stream lower{pipe.near};
  record_outlet outlet;
  CHECK(outlet.send(lower, std::string_view{"record"}).status() == io_status::failed);
  CHECK(outlet.keep(std::string_view{"answer"}));
  CHECK(outlet.flush(lower) == io_status::failed);
}
