# SPDX-License-Identifier: BSL-1.0
# mailmote's front door. `make` alone says what there is.
BUILD  ?= build
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
FIRST  ?= g++
SECOND ?= clang++
ROOT_CA ?= $(BUILD)/pki/ca.pem

CONFIGURE = cmake -S . -B $(BUILD) -DCMAKE_CXX_COMPILER=$(FIRST)
COMPILE   = cmake --build $(BUILD) -j $(JOBS)
SOURCES   = $(shell find include tests examples -name '*.hpp' -o -name '*.cpp')

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test send single size size-check interop ports firmware firmware-test \
  firmware-figures compilers wolfssl fuzz bench mutants format format-check tidy clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: ## send an alert to a small server on this machine, and watch it arrive
	@tests/build/packages.sh demo
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target mailmote-send demo_server pki >/dev/null
	@tests/support/demo.sh $(BUILD)

test: ## run every test, with g++ and clang++
	@tests/build/packages.sh test
	$(CONFIGURE) -DMAILMOTE_SECOND_COMPILER=$(SECOND)
	$(COMPILE)
	ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --timeout 600
	@grep -h '^sweep:' $(BUILD)/Testing/Temporary/LastTest.log | sort -u

send: ## build the command mailmote-send
	@tests/build/packages.sh demo
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target mailmote-send
	@echo "$(BUILD)/mailmote-send --help"

single: ## write single_include/mailmote.hpp anew
	@single_include/generate.sh >single_include/mailmote.hpp.new
	@mv single_include/mailmote.hpp.new single_include/mailmote.hpp

size: ## measure flash and RAM on small processors, and refresh the README's table
	@tests/build/packages.sh size
	@tests/build/size.sh $(BUILD)/size update

size-check: ## the same, but only compare with the README
	@tests/build/packages.sh size
	@tests/build/size.sh $(BUILD)/size check

interop: ## send through six real servers on this machine (as root: they change users)
	@tests/build/packages.sh interop
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target mailmote-send pki
	@tests/interop/run.sh $(BUILD)
	@tests/sasl/gsasl.sh $(BUILD)

ports: ## test the ports for lwIP and Arduino on the real things
	@tests/build/packages.sh ports
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target demo_server pki >/dev/null
	@tests/port/run.sh $(BUILD)

firmware: ## build firmware that sends an alert, for three boards (ROOT_CA=FILE: whom it trusts)
	@tests/build/packages.sh firmware
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target pki >/dev/null
	@set -e; for board in mps2-an385 mps2-an500 lm3s6965evb; do \
	  examples/firmware/build.sh $$board $(BUILD)/firmware $(ROOT_CA); done

firmware-test: ## run the firmware in QEMU, against Postfix on this machine (as root)
	@tests/build/packages.sh firmware-test
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target pki >/dev/null
	@tests/firmware/build.sh $(BUILD)
	@tests/firmware/run.sh $(BUILD)
	@tests/firmware/figures.py $(BUILD) check

firmware-figures: ## refresh the README's table of what the firmware took, after firmware-test
	@tests/firmware/figures.py $(BUILD) update

compilers: ## run the engine's tests in other dialects, and compile it for other processors
	@tests/build/packages.sh compilers
	@tests/build/compilers.sh $(BUILD) $(JOBS)

wolfssl: ## run the tests of TLS with other builds of wolfSSL
	@tests/build/packages.sh test
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target pki
	@tests/wolfssl/run.sh $(BUILD)

fuzz: ## give the composer 20,000 odd inputs
	@tests/build/packages.sh test
	@tests/fuzz/run.sh $(BUILD)/fuzz 20000

bench: ## round trips, speed and memory, beside four other clients and nodemailer
	@tests/build/packages.sh bench
	@$(CONFIGURE) >/dev/null
	@$(COMPILE) --target mailmote-send pki >/dev/null
	@tests/bench/run.sh $(BUILD) $(FIRST)

mutants: ## plant bugs, one at a time, and see that the tests find each
	@tests/build/packages.sh test
	@tests/build/mutants.sh $(BUILD) $(FIRST) $(JOBS)

format: ## lay out the code
	@tests/build/packages.sh format
	@clang-format-14 -i $(SOURCES)

format-check: ## say where the layout differs
	@tests/build/packages.sh format
	@clang-format-14 --dry-run --Werror $(SOURCES)

tidy: ## let clang-tidy look for mistakes
	@tests/build/packages.sh tidy
	@tests/build/tidy.sh $(JOBS)

clean: ## remove what was built
	@rm -rf $(BUILD)
