// SPDX-License-Identifier: BSL-1.0
// A client of Arduino's over this machine's sockets, in the place of a radio.
#pragma once

#include "Arduino.h"
#include "Client.h"  // before the system's headers, which have a macro of one of its names

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#define WL_CONNECTED 3

class WiFiClient : public Client {
 public:
  WiFiClient() = default;
  WiFiClient(const WiFiClient&) = delete;
  WiFiClient& operator=(const WiFiClient&) = delete;
  virtual ~WiFiClient() { stop(); }

  // Waits, as those of real radios do.
  int connect(IPAddress address, uint16_t port) override {
    stop();
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = static_cast<uint32_t>(address);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      stop();
      return 0;
    }
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
    return 1;
  }
  int connect(const char*, uint16_t port) override {  // there is but this machine
    return connect(IPAddress{127, 0, 0, 1}, port);
  }

  size_t write(uint8_t octet) override { return write(&octet, 1); }
  size_t write(const uint8_t* octets, size_t size) override {
    const ssize_t n = ::send(socket_, octets, size, MSG_NOSIGNAL);
    return n > 0 ? static_cast<size_t>(n) : 0;
  }
  int available() override {
    int waiting = 0;
    return socket_ >= 0 && ::ioctl(socket_, FIONREAD, &waiting) == 0 ? waiting : 0;
  }
  int read() override {
    uint8_t octet;
    return read(&octet, 1) == 1 ? octet : -1;
  }
  int read(uint8_t* octets, size_t size) override {
    return static_cast<int>(::recv(socket_, octets, size, 0));
  }
  int peek() override {
    uint8_t octet;
    return ::recv(socket_, &octet, 1, MSG_PEEK) == 1 ? octet : -1;
  }
  void flush() override {}
  void stop() override {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  uint8_t connected() override {  // as Arduino has it: or while there is something to read
    uint8_t octet;
    if (socket_ < 0) return 0;
    const ssize_t n = ::recv(socket_, &octet, 1, MSG_PEEK);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
  }
  operator bool() override { return socket_ >= 0; }

 private:
  int socket_ = -1;
};

struct wifi {
  int begin(const char*, const char*) { return WL_CONNECTED; }
  unsigned long getTime() {  // not at once
    return ++asked < 3 ? 0 : static_cast<unsigned long>(::time(nullptr));
  }

 private:
  int asked = 0;
};
inline wifi WiFi;
