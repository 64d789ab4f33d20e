# The targets people call. Kept apart so that the Makefile stays one page.
# A target that needs packages asks tools/install-deps first and then calls make anew, because
# pkg-config can answer only once the packages are there.
JOBS ?= 2
AGAIN = @$(MAKE) --no-print-directory -j$(JOBS)
ASAN_B := $(if $(filter build/release,$(B)),build/asan,$(B)-asan)
CLANG_B := $(if $(filter build/release,$(B)),build/clang,$(B)-clang)
FUZZ_B := $(if $(filter build/release,$(B)),build/fuzz,$(B)-fuzz)
PROGRAM := $(if $(wildcard src/cli/main.c),$(B)/elchi)
E2E_TESTS := $(sort $(wildcard tests/e2e/*.sh))
# what end-to-end scripts need beside the program
E2E_PROGRAMS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/e2e/*.c))
$(E2E_PROGRAMS): $(B)/tests/%: $(B)/obj/tests/%.o ; @mkdir -p $(@D); $(CC) $(LDFLAGS) -o $@ $<
LONG_TESTS := $(sort $(wildcard tests/long/*.sh))
# end-to-end scripts run from the top folder and find the program here
export ELCHI := $(abspath $(B)/elchi)

.PHONY: help deps run clean-demo test unit programs long lint analyze vectors interop bench fuzz install clean
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' tools/targets.mk

deps: ## install the Debian packages that all targets need
	@tools/install-deps build test fuzz lint long interop

# -- running ----------------------------------------------------------------------------------------
run: ## a demo community of invented States on this machine (ONCE=1: start, show, stop)
	@tools/install-deps build test
	$(AGAIN) all
	@ONCE=$(ONCE) tools/run-demo
clean-demo: ## forget the demo's nodes
	rm -rf demo/nodes demo/out

# -- tests ------------------------------------------------------------------------------------------
# Every unit test runs twice, as released and under the sanitizers; the second run adds to the sum
# only where it fails. The sum is the last line.
test: ## build, all unit tests (also under sanitizers), end-to-end tests; last line is the sum
	@tools/install-deps build test
	$(AGAIN) programs
	$(AGAIN) MODE=asan B=$(ASAN_B) unit-programs
	@tools/run-tests $(UNIT_TESTS) $(E2E_TESTS) --again $(patsubst $(B)/%,$(ASAN_B)/%,$(UNIT_TESTS))
unit: $(UNIT_TESTS) ## build and run the unit tests alone
	@tools/run-tests $(UNIT_TESTS)
.PHONY: unit-programs
unit-programs: $(UNIT_TESTS) ; @:
programs: $(PROGRAM) $(LIBS) $(UNIT_TESTS) $(E2E_PROGRAMS) ; @:

# PART is a room (its unit tests) or the name of a script in tests/long.
LONG_PART = $(if $(PART),$(TESTS_$(PART)) $(wildcard tests/long/$(PART).sh),$(UNIT_TESTS) $(LONG_TESTS))
long: ## the long tier: hours, big logs, many seeds (PART=room or script)
	@tools/install-deps build test long
	$(AGAIN) programs
	@test -n "$(strip $(LONG_PART))" || { echo "no part named $(PART)" >&2; exit 1; }
	@ELCHI_LONG=1 JOBS=$${JOBS:-1} TEST_TIMEOUT_S=$${TEST_TIMEOUT_S:-14400} tools/run-tests $(LONG_PART)

VECTOR_TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(shell grep -l '"vectors: ' tests/*/*_test.c 2>/dev/null))
.PHONY: vector-programs
vector-programs: $(VECTOR_TESTS) ; @:
vectors: ## test vectors from outside (VECTORS=folder), one line per set
	@tools/install-deps build test
	$(AGAIN) vector-programs
	@tools/run-vectors $(VECTOR_TESTS)

interop: ## compare with independent programs: Go's sumdb packages, age
	@tools/install-deps build interop
	$(AGAIN) $(PROGRAM)
	@tests/interop/run

# -- fuzzing: one harness per parser; its first line names the highest room it links ------------------
FUZZERS := $(patsubst fuzz/%_fuzz.c,%,$(sort $(wildcard fuzz/*_fuzz.c)))
FUZZ_S ?= 20
fuzz_room = $(shell sed -n '1s|^// rooms: *\([a-z]*\).*|\1|p' fuzz/$(1)_fuzz.c)
define fuzz_rules
$(B)/fuzz/$(1): $(B)/obj/fuzz/$(1)_fuzz.o $(foreach x,$(call below,$(call fuzz_room,$(1))),$(if $(wildcard src/$(x)),$(B)/lib/lib$(x).a))
	@mkdir -p $$(@D); clang -fsanitize=fuzzer,address,undefined -pie -o $$@ $$^ $$(LDLIBS)
endef
ifeq ($(MODE),fuzz)
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rules,$(f))))
endif
.PHONY: fuzz-programs
fuzz-programs: $(foreach f,$(FUZZERS),$(B)/fuzz/$(f)) ; @:
fuzz: ## every parser's fuzzer for FUZZ_S seconds each (ONLY=name SEED=n)
	@tools/install-deps build fuzz
	$(AGAIN) MODE=fuzz B=$(FUZZ_B) fuzz-programs
	@FUZZ_S=$(FUZZ_S) tools/run-fuzz $(foreach f,$(or $(ONLY),$(FUZZERS)),$(FUZZ_B)/fuzz/$(f))

# -- lint -------------------------------------------------------------------------------------------
LINTS := floors banned makers tidy words format
lint: ## floors, banned calls, tidiness, formatting, codebook, clang-tidy, both compilers warn of nothing
	@tools/install-deps build test lint
	$(AGAIN) generated
	@bad=; for one in $(LINTS); do tools/lint-$$one $(B)/gen || bad=yes; done; test -z "$$bad"
	$(AGAIN) programs
	@$(B)/elchi codebook check
	$(AGAIN) MODE=clang B=$(CLANG_B) programs
	@JOBS=$(JOBS) tools/lint-clang-tidy $(B)/gen
	@echo "lint: clean"
.PHONY: generated
generated: $(GEN_HEADERS) ; @:
analyze: ## gcc's path analyzer over every file (slow; findings are shown, not judged)
	@tools/install-deps build
	$(AGAIN) generated
	@tools/lint-analyzer $(B)/gen

.PHONY: docs
docs: ## docs/codebook.md anew from the book and docs/codebook.in.md
	@tools/install-deps build
	$(AGAIN) all
	$(B)/elchi codebook print >$(B)/codebook.md
	@cmp -s $(B)/codebook.md docs/codebook.md || cp $(B)/codebook.md docs/codebook.md

# -- measuring --------------------------------------------------------------------------------------
BENCHES := $(patsubst bench/%.c,%,$(sort $(wildcard bench/*.c)))
define bench_rules
$(B)/bench/$(1): $(B)/obj/bench/$(1).o $(LIBS)
	@mkdir -p $$(@D); $(CC) $(LDFLAGS) -o $$@ $$< $(call reversed,$(LIBS)) $$(LDLIBS)
endef
$(foreach b,$(BENCHES),$(eval $(call bench_rules,$(b))))
.PHONY: bench-programs
bench-programs: $(foreach b,$(BENCHES),$(B)/bench/$(b)) $(PROGRAM) ; @:
bench: ## every measure of the design, the machine's own calibration first (ONLY=name)
	@tools/install-deps build
	$(AGAIN) bench-programs
	@$(B)/bench/calibrate $(B)
	@for b in $(or $(ONLY),$(filter-out calibrate deliver,$(BENCHES)) nodes); do \
	    if [ -x bench/$$b.sh ]; then bench/$$b.sh $(B); else $(B)/bench/$$b; fi || exit 1; done

# -- installing -------------------------------------------------------------------------------------
PREFIX ?= /usr/local
# elchi.1 is printed from the program's own table of commands; the others are written by hand.
MAN_PAGES := $(patsubst man/%.scd,$(B)/man/%,$(sort $(wildcard man/*.scd))) $(B)/man/elchi.1
$(B)/man/elchi.1: $(B)/elchi
	@mkdir -p $(@D); $< help manual >$@.scd && scdoc <$@.scd >$@
$(B)/man/%: man/%.scd
	@mkdir -p $(@D); scdoc <$< >$@
.PHONY: man
man: $(MAN_PAGES) ## the manual pages, into the build folder
install: all man ## program, manual pages and codebook under DESTDIR and PREFIX
	install -D -m 0755 $(B)/elchi $(DESTDIR)$(PREFIX)/bin/elchi
	for page in $(MAN_PAGES); do install -D -m 0644 $$page \
	    $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
	if [ -d codebook ]; then mkdir -p $(DESTDIR)$(PREFIX)/share/elchi/codebook && \
	    cp -R codebook/. $(DESTDIR)$(PREFIX)/share/elchi/codebook/; fi

clean: ## remove everything that was built
	rm -rf build

# for editors and other tools that ask how a file is compiled
SHOWN_FLAGS := -std=c17 -D_POSIX_C_SOURCE=200809L -I. -Isrc -I$(B)/gen
compile_commands.json: Makefile tools/targets.mk
	@find src tests -name '*.c' | sort | awk -v folder='$(CURDIR)' -v flags='$(SHOWN_FLAGS)' ' \
	    { printf "%s{\"directory\":\"%s\",\"file\":\"%s\",\"command\":\"gcc %s -c %s\"}\n", \
	      (NR == 1 ? "[" : ","), folder, $$1, flags, $$1 } END { print "]" }' >$@
