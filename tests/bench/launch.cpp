// SPDX-License-Identifier: BSL-1.0
// launch.cpp: runs COMMAND, and writes to FILE what it took: CPU seconds, KB of memory at the most, the
// exit status. It is small, because Linux counts what a process was before its exec, too.
//
//   launch FILE COMMAND [ARGUMENT ...]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  const pid_t child = ::fork();
  if (child < 0) return 1;
  if (child == 0) {
    ::execvp(argv[2], argv + 2);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (::wait4(child, &status, 0, &used) != child) return 1;
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  std::FILE* const file = std::fopen(argv[1], "w");
  if (file == nullptr) return 1;
  std::fprintf(file, "%.3f %ld %d\n", seconds(used.ru_utime) + seconds(used.ru_stime),
               used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
  return std::fclose(file);
}
