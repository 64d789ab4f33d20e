# Elchi: one page an auditor can read. `make help` lists the targets.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MODE ?= release
B    ?= build/$(MODE)
CC   := gcc
VECTORS ?= ../shared/vectors
export VECTORS

# -- rooms, from the lowest floor to the highest (floors.txt is the only list of them) --------------
FLOOR_ROOMS := $(shell awk '{for (i = 2; i <= NF; i++) print $$i}' floors.txt)
ROOMS := $(foreach r,$(FLOOR_ROOMS),$(if $(wildcard src/$(r)),$(r)))
# rooms a test of room $(1) may link: its own floor's room and every lower floor, highest first
below = $(shell awk -v want=$(1) '{l=""; hit=0; for(i=2;i<=NF;i++){l=l " " $$i; if($$i==want) hit=1} if(hit){print want all; exit} all=l all}' floors.txt)

# -- flags ------------------------------------------------------------------------------------------
PKGS := libmicrohttpd libcurl gnutls nettle libsodium sqlite3 jansson icu-i18n icu-uc libzstd libarchive libseccomp
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wold-style-definition -Wvla -Wwrite-strings -Wcast-qual -Wcast-align \
        -Wpointer-arith -Wundef -Wformat=2 -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference \
        -Wdouble-promotion -Werror
WARN_GCC := -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wtrampolines -Wformat-signedness \
        -Walloc-zero -Wjump-misses-init -Warith-conversion
WARN_CLANG := -Wcomma -Wassign-enum -Wconditional-uninitialized -Wunreachable-code-aggressive \
        -Wmissing-variable-declarations -Wshorten-64-to-32
HARDEN := -fstack-protector-strong -fstack-clash-protection -fno-strict-overflow -fno-common -fPIE
LINK_HARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed
MODE_release := -O2 -g -D_FORTIFY_SOURCE=3 $(HARDEN) -ftrivial-auto-var-init=zero
MODE_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -fPIE
MODE_tsan := -O1 -g -fsanitize=thread -fPIE
MODE_cov  := -O0 -g --coverage -fPIE
MODE_clang := -O2 -g -D_FORTIFY_SOURCE=2 $(HARDEN)
MODE_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fPIE
ifneq ($(filter $(MODE),clang fuzz),)
CC := clang
WARN += $(WARN_CLANG)
else
WARN += $(WARN_GCC)
endif
VERSION := $(shell cat VERSION 2>/dev/null || echo 0)
CPPFLAGS := -D_POSIX_C_SOURCE=200809L -DELCHI_VERSION='"$(VERSION)"' -I. -Isrc -I$(B)/gen
CFLAGS := -std=c17 $(WARN) $(MODE_$(MODE))
LDFLAGS := $(MODE_$(MODE)) $(LINK_HARDEN)
# libstemmer has no pkg-config file
LDLIBS = $(shell pkg-config --libs $(PKGS)) -lstemmer -lpthread -lm

# -- library of each room -----------------------------------------------------------------------------
include tools/generate.mk
room_src = $(sort $(shell find src/$(1) -name '*.c' 2>/dev/null)) $(GEN_$(1))
objects  = $(patsubst %.c,$(B)/obj/%.o,$(patsubst $(B)/gen/%,gen/%,$(1)))
define room_rules
$(B)/lib/lib$(1).a: $(call objects,$(filter-out src/cli/main.c,$(call room_src,$(1))))
	@mkdir -p $$(@D); rm -f $$@; ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rules,$(r))))
LIBS := $(foreach r,$(ROOMS),$(B)/lib/lib$(r).a)

$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D); $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
$(B)/obj/%.o: %.c | $(GEN_HEADERS)
	@mkdir -p $(@D); $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# -- the program -----------------------------------------------------------------------------------
reversed = $(if $(1),$(call reversed,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
$(B)/elchi: $(B)/obj/src/cli/main.o $(LIBS)
	$(CC) $(LDFLAGS) -o $@ $< $(call reversed,$(LIBS)) $(LDLIBS)
.PHONY: all
all: $(B)/elchi

# -- tests: each program links its own room and the floors below it, so the linker proves the direction
TEST_ROOMS := $(foreach r,$(ROOMS),$(if $(wildcard tests/$(r)/*_test.c),$(r)))
define test_rules
TESTS_$(1) := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/$(1)/*_test.c))
$$(TESTS_$(1)): $(B)/tests/%: $(B)/obj/tests/%.o $(B)/obj/tests/test.o $(foreach x,$(call below,$(1)),$(if $(wildcard src/$(x)),$(B)/lib/lib$(x).a))
	@mkdir -p $$(@D); $(CC) $(LDFLAGS) -o $$@ $$^ $$(shell pkg-config --libs cmocka) $$(LDLIBS)
.PHONY: test-$(1)
test-$(1): $$(TESTS_$(1))
	@tools/run-tests $$(TESTS_$(1))
endef
$(foreach r,$(TEST_ROOMS),$(eval $(call test_rules,$(r))))
UNIT_TESTS := $(foreach r,$(TEST_ROOMS),$(TESTS_$(r)))

include tools/targets.mk
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
