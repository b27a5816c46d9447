// SPDX-License-Identifier: BSL-1.0
// link.hpp: what lies between the sink and a client: a socket, and maybe a long way.
//
// Knows:          how long octets take; which of them were sent in answer to which.
// Does not know:  SMTP, TLS.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

// What the server reads from and writes to; each call blocks.
struct link {
  virtual ~link() = default;
  virtual std::size_t read(std::span<char> in) = 0;  // 0: the client is gone
  virtual bool write(std::string_view out) = 0;
  virtual int round_trips() const { return 0; }  // to the client's receipt of what is written now
  virtual clock::duration way() const { return {}; }
};

inline bool send_all(int socket, std::string_view out) {
  while (!out.empty()) {
    const ssize_t n = ::send(socket, out.data(), out.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    out.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

class direct_link final : public link {
 public:
  explicit direct_link(int socket) : socket_{socket} {}
  std::size_t read(std::span<char> in) override {
    const ssize_t n = ::recv(socket_, in.data(), in.size(), 0);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  bool write(std::string_view out) override { return send_all(socket_, out); }

 private:
  int socket_;
};

// Every octet takes `way`, in either direction, and so did those that opened the connection. A round
// trip is counted as the client lives it: what it sends belongs to the last turn of the server's that
// has reached it, and what the server answers to the next.
class delayed_link final : public link {
 public:
  delayed_link(int socket, clock::duration way)
      : socket_{socket}, way_{way}, listens_{[this] { listen(); }}, speaks_{[this] { speak(); }} {
    std::this_thread::sleep_until(begin_ + 3 * way_);  // SYN, SYN+ACK, ACK
  }
  ~delayed_link() override {
    {
      const std::lock_guard guard{mutex_};
      ending_ = true;
    }
    changed_.notify_all();
    speaks_.join();
    ::shutdown(socket_, SHUT_RDWR);
    listens_.join();
  }

  std::size_t read(std::span<char> in) override {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return !to_server_.empty(); });
    const clock::time_point due = to_server_.front().due;
    lock.unlock();
    std::this_thread::sleep_until(due);
    lock.lock();
    parcel& first = to_server_.front();
    heard_ = std::max(heard_, first.turn);
    const std::size_t n = first.octets.copy(in.data(), in.size());
    if (n == 0) return 0;  // the end, which stays
    first.octets.erase(0, n);
    if (first.octets.empty()) to_server_.pop_front();
    return n;
  }
  bool write(std::string_view out) override {
    {
      const std::lock_guard guard{mutex_};
      to_client_.push_back({clock::now() + way_, heard_ + 1, std::string{out}});
    }
    changed_.notify_all();
    return true;
  }
  int round_trips() const override { return heard_ + 1; }
  clock::duration way() const override { return way_; }

 private:
  struct parcel {
    clock::time_point due;
    int turn;
    std::string octets;
  };

  void listen() {
    std::vector<char> room(65'536);
    for (;;) {
      const ssize_t n = ::recv(socket_, room.data(), room.size(), 0);
      const clock::time_point sent = std::max(clock::now(), begin_ + 2 * way_);
      {
        const std::lock_guard guard{mutex_};
        const std::size_t size = n > 0 ? static_cast<std::size_t>(n) : 0;
        to_server_.push_back({sent + way_, reached_, {room.data(), size}});
      }
      changed_.notify_all();
      if (n <= 0) return;
    }
  }
  void speak() {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [&] { return !to_client_.empty() || ending_; });
      if (to_client_.empty()) return;
      const parcel next = std::move(to_client_.front());
      to_client_.pop_front();
      lock.unlock();
      std::this_thread::sleep_until(next.due);
      lock.lock();
      reached_ = next.turn;
      lock.unlock();
      send_all(socket_, next.octets);
      lock.lock();
    }
  }

  const int socket_;
  const clock::duration way_;
  const clock::time_point begin_ = clock::now();
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::deque<parcel> to_server_{};
  std::deque<parcel> to_client_{};
  bool ending_ = false;
  int reached_ = 1;  // the server's last turn that has reached the client; the first was SYN+ACK
  int heard_ = 1;    // the turn that the server's next words answer
  std::thread listens_;
  std::thread speaks_;
};

}  // namespace bench
