// SPDX-License-Identifier: BSL-1.0
// launch.cpp: runs COMMAND, and prints on descriptor 3 what it took: CPU seconds, KB of memory at the
// most, the exit status. It is small, because Linux counts what a process was before its exec, too.
//
//   launch COMMAND [ARGUMENT ...]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main(int, char** argv) {
  const pid_t child = ::fork();
  if (child < 0) return 1;
  if (child == 0) {
    ::close(3);
    ::execvp(argv[1], argv + 1);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (::wait4(child, &status, 0, &used) != child) return 1;
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  ::dprintf(3, "%.3f %ld %d\n", seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128);
  return 0;
}
