/* SPDX-License-Identifier: BSL-1.0 */
/* What Arduino's headers ask of an AVR, where all memory is one. */
#pragma once
#include <string.h>
#define PROGMEM
#define PGM_P const char*
#define PSTR(text) (text)
#define pgm_read_byte(at) (*(const unsigned char*)(at))
