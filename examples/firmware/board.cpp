// SPDX-License-Identifier: BSL-1.0
// board.cpp: the first instruction, the clock, the console, the heap, and the guard below the stack.
//
// Knows:          ARMv7-M: its vectors, SysTick and the MPU; Arm's semihosting.
// Does not know:  the Ethernet controllers, which have files of their own.
// Bounds:         a fault ends the program with a code of its own.
#include "board.hpp"

#include <cstdlib>
#include <cstring>
#include <ctime>

#include "semihosting.hpp"

extern "C" {
// Where things are; the linker says so.
extern std::uint32_t data_begin[], data_end[], data_stored[], bss_begin[], bss_end[];
extern std::uint32_t guard_begin[], stack_begin[], stack_end[];
extern char heap_begin[], heap_end[];

[[noreturn]] void reset();
[[noreturn]] void fault();
std::uint32_t board_random();
[[noreturn]] void board_fault(const char* what, int code);
void tick();
}

namespace {

// How many instructions a tick of SysTick takes where an emulator counts one a nanosecond.
#ifdef BOARD_LM3S6965
constexpr std::uint32_t nanoseconds_per_tick = 80;
#else
constexpr std::uint32_t nanoseconds_per_tick = 40;
#endif
constexpr std::uint32_t ticks_per_millisecond = 1'000'000 / nanoseconds_per_tick;

constexpr std::uint32_t paint = 0xDEADBEEF;  // what the stack is filled with before it is used
constexpr int fault_code = 250, assertion_code = 251;  // above any errc

volatile std::uint32_t milliseconds_passed;
char* heap_top = heap_begin;
std::size_t allocated, most_allocated;
std::uint32_t random_state = 0x2545F491;

volatile std::uint32_t& reg(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);  // NOLINT: a register is an address
}
constexpr std::uint32_t syst_csr = 0xE000E010, syst_rvr = 0xE000E014, syst_cvr = 0xE000E018;
constexpr std::uint32_t mpu_ctrl = 0xE000ED94, mpu_rnr = 0xE000ED98, mpu_rbar = 0xE000ED9C,
                        mpu_rasr = 0xE000EDA0;

// 512 octets that nobody may touch: a stack that grows into them faults at once.
void guard_stack() {
  constexpr std::uint32_t enable = 1, size_512 = 8 << 1, no_access = 0 << 24;
  reg(mpu_rnr) = 0;
  reg(mpu_rbar) = reinterpret_cast<std::uint32_t>(guard_begin);
  reg(mpu_rasr) = no_access | size_512 | enable;
  constexpr std::uint32_t others_as_before = 1 << 2;
  reg(mpu_ctrl) = others_as_before | enable;
  asm volatile("dsb\n isb" ::: "memory");
}

}  // namespace

using vector = void (*)();
[[gnu::section(".vectors"), gnu::used]] static const vector vectors[16] = {
    reinterpret_cast<vector>(stack_end),
    reset,
    fault,
    fault,
    fault,
    fault,
    fault,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    fault,
    fault,
    nullptr,
    fault,
    tick};

void reset() {
  for (std::uint32_t* to = stack_begin;
       to < reinterpret_cast<std::uint32_t*>(__builtin_frame_address(0)) - 16; ++to) {
    *to = paint;
  }
  std::memcpy(data_begin, data_stored, static_cast<std::size_t>(data_end - data_begin) * 4);
  std::memset(bss_begin, 0, static_cast<std::size_t>(bss_end - bss_begin) * 4);
  guard_stack();
  board::exit(application());
}

void tick() { milliseconds_passed = milliseconds_passed + 1; }

// On a stack of its own: the one in use may be what is broken.
[[gnu::naked]] void fault() {
  asm volatile(
      "ldr r0, =stack_end\n"
      "mov sp, r0\n"
      "ldr r0, =message\n"
      "mov r1, %0\n"
      "b board_fault\n"
      ".pushsection .rodata\n"
      "message: .asciz \"a fault of the processor; the stack was too deep?\\n\"\n"
      ".popsection\n" ::"i"(fault_code));
}

void board_fault(const char* what, int code) {
  reg(mpu_ctrl) = 0;
  board::print(what);
  board::exit(code);
}

namespace board {

void start() {
  reg(syst_rvr) = ticks_per_millisecond - 1;
  reg(syst_cvr) = 0;
  reg(syst_csr) = 7;  // on, with its interrupt, at the processor's own clock
}

std::uint32_t millis() { return milliseconds_passed; }

std::uint64_t instructions() {
  for (;;) {  // until no tick came between
    const std::uint32_t whole = milliseconds_passed;
    const std::uint32_t left = reg(syst_cvr);
    if (whole != milliseconds_passed) continue;
    const std::uint32_t passed = left == 0 ? 0 : ticks_per_millisecond - left;
    return std::uint64_t{whole} * 1'000'000 + passed * nanoseconds_per_tick;
  }
}

std::int64_t unix_time() {  // until 2106
  return static_cast<std::uint32_t>(semihosting::ask(semihosting::call::unix_time, nullptr));
}

void sleep() { asm volatile("wfi"); }

void print(std::string_view text) {
  char piece[64];
  while (!text.empty()) {
    const std::size_t n = text.size() < sizeof piece ? text.size() : sizeof piece - 1;
    std::memcpy(piece, text.data(), n);
    piece[n] = 0;
    (void)semihosting::ask(semihosting::call::write_text, piece);
    text.remove_prefix(n);
  }
}

void print(std::uint64_t number) {
  char digits[20];
  char* at = digits + sizeof digits;
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  print({at, static_cast<std::size_t>(digits + sizeof digits - at)});
}

void exit(int code) {
  const int why[] = {semihosting::application_exit, code};
  (void)semihosting::ask(semihosting::call::exit, why);
  for (;;) sleep();
}

std::string_view argument(std::string_view name) {
  static char line[160];
  struct {
    char* text;
    int size;
  } const buffer{line, sizeof line};
  if (line[0] == 0) (void)semihosting::ask(semihosting::call::command_line, &buffer);
  std::string_view rest{line};
  while (!rest.empty()) {
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != ' ') ++end;
    const std::string_view word{rest.data(), end};
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=') {
      return {word.data() + name.size() + 1, word.size() - name.size() - 1};
    }
    rest.remove_prefix(end < rest.size() ? end + 1 : end);
  }
  return {};
}

std::size_t deepest_stack() {
  const std::uint32_t* untouched = stack_begin;
  while (*untouched == paint) ++untouched;
  return static_cast<std::size_t>(stack_end - untouched) * 4;
}

std::size_t fullest_heap() { return most_allocated; }

std::size_t static_ram() {
  return static_cast<std::size_t>((data_end - data_begin) + (bss_end - bss_begin)) * 4;
}

}  // namespace board

// What libc, lwIP and wolfSSL ask for.
extern "C" {

void __assert_func(const char*, int, const char*, const char* what) {
  board_fault(what, assertion_code);
}

void* _sbrk(std::ptrdiff_t more) {
  if (more > heap_end - heap_top) return reinterpret_cast<void*>(-1);
  char* const old = heap_top;
  heap_top += more;
  return old;
}

// wolfSSL's heap: libc's, with each block's size before it, to know how much is in use.
void* board_allocate(std::size_t size) {
  auto* const block = static_cast<std::size_t*>(std::malloc(size + 8));
  if (block == nullptr) return nullptr;
  *block = size;
  allocated += size;
  if (allocated > most_allocated) most_allocated = allocated;
  return block + 2;
}

void board_release(void* given) {
  if (given == nullptr) return;
  std::size_t* const block = static_cast<std::size_t*>(given) - 2;
  allocated -= *block;
  std::free(block);
}

void* board_reallocate(void* given, std::size_t size) {
  void* const larger = board_allocate(size);
  if (larger == nullptr || given == nullptr) return larger;
  const std::size_t before = static_cast<std::size_t*>(given)[-2];
  std::memcpy(larger, given, before < size ? before : size);
  board_release(given);
  return larger;
}

// A TEST SEED, the same at each start: whoever knows this file can read what is sent. A product has
// an entropy source, and asks it here.
#ifndef BOARD_TEST_SEED
#error "board_seed has no entropy source yet; -DBOARD_TEST_SEED is for emulators alone"
#endif
int board_seed(unsigned char* octets, unsigned int size) {
  while (size-- > 0) *octets++ = static_cast<unsigned char>(board_random() >> 24);
  return 0;
}

std::uint32_t board_random() {  // xorshift: nothing of it is secret
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

std::time_t time(std::time_t* where) {
  const std::time_t now = board::unix_time();
  if (where != nullptr) *where = now;
  return now;
}

std::uint32_t LowResTimer() { return board::millis() / 1000; }
std::uint32_t TimeNowInMilliseconds() { return board::millis(); }
std::uint32_t sys_now() { return board::millis(); }
}
