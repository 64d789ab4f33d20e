// tests/codebook/samples.h - the embedded book, a small electorate, and a sample line per phrase.
#ifndef TESTS_CODEBOOK_SAMPLES_H
#define TESTS_CODEBOOK_SAMPLES_H
#include "codebook/embedded.h"
#include "codebook/line.h"
#include "tests/test.h"

enum { SAMPLE_ARENA_BYTES = 64 << 20 };

static inline bool sample_has(const void *who, struct str state)
{
    (void)who;
    return str_eq(state, STR("XA")) || str_eq(state, STR("XB")) || str_eq(state, STR("XC"));
}
static const struct electorate sample_states = {.has = sample_has};

// One value per type, in canonical spelling.
static inline const char *sample_value(const struct book_parameter *p)
{
    static const char *const values[PARAMETER_TYPE_COUNT] = {
        [PARAMETER_TIME] = "2026-07-14T12:00:00Z",
        [PARAMETER_INTERVAL] = "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z",
        [PARAMETER_STATE] = "XC",
        [PARAMETER_LEVEL] = "XB:HIGH-1",
        [PARAMETER_COUNT] = "23",
        [PARAMETER_DURATION] = "PT90M",
        [PARAMETER_PREFIX] = "198.51.100.0/24",
        [PARAMETER_AS] = "AS64500",
        [PARAMETER_DOMAIN] = "node7.example",
        [PARAMETER_URL] = "https://node7.example/a?b%3D1",
        [PARAMETER_HASH] = "md5:00112233445566778899aabbccddeeff",
        [PARAMETER_PRODUCT] = "vendor:product:1.0",
        [PARAMETER_VULNERABILITY] = "CVE-2026-0001",
        [PARAMETER_REFERENCE] = "XA/XB-2026-0012",
        [PARAMETER_LINE] = "02",
        [PARAMETER_LANGUAGE] = "ru",
    };
    CHECK(p->type != PARAMETER_TABLE);
    return values[p->type];
}
static inline struct str sample_text(const struct book_parameter *p)
{
    if (p->type == PARAMETER_TABLE)
        return p->table->codes[p->table->codes_count > 1 ? 1 : 0].code;
    return str_of(sample_value(p));
}

// A line with every parameter, or with the required ones only (and the first of one-of).
static inline struct phrase_line sample_line(const struct phrase *p, uint32_t number, bool full)
{
    struct phrase_line line = {.number = number, .code = p->code};
    bool one = false;
    for (size_t i = 0; i < p->parameters_count; i++) {
        bool first_of = !one && (p->one_of >> i & 1u) != 0;
        if (!full && !p->parameters[i].required && !first_of)
            continue;
        one = one || first_of;
        line.parameters[line.parameters_count].name = p->parameters[i].name;
        line.parameters[line.parameters_count++].value = sample_text(&p->parameters[i]);
    }
    return line;
}
#endif
