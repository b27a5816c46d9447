/* SPDX-License-Identifier: BSL-1.0 */
/* Of Arduino's main header what its own code and the sketch use, for this machine. */
#pragma once
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <avr/pgmspace.h>

typedef bool boolean;
typedef uint8_t byte;

#ifdef __cplusplus
#include "Print.h"

unsigned long millis();
void delay(unsigned long milliseconds);

struct serial_port : Print {
  void begin(unsigned long) {}
  size_t write(uint8_t octet) override;
  using Print::write;
};
extern serial_port Serial;
#endif
