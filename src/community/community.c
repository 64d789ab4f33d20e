#include "community/community.h"

#include "base/encode.h"
#include "community/community_lines.h"

static const char clause[] = "community/community.h";

const char *community_role_word(enum community_role role)
{
    static const char *const words[COMMUNITY_ROLE_COUNT] = {"member", "observer"};
    CHECK(role < COMMUNITY_ROLE_COUNT);
    return words[role];
}

#define DURATION_WORD(name, word) [name] = (word),
const char *community_duration_word(enum community_duration d)
{
    static const char *const words[COMMUNITY_DURATION_COUNT] = {COMMUNITY_DURATIONS(DURATION_WORD)};
    CHECK(d < COMMUNITY_DURATION_COUNT);
    return words[d];
}
#undef DURATION_WORD

struct digest origin_hash(struct str origin)
{
    return digest_of(str_bytes(origin));
}

void origin_path(struct str origin, char ret_hex[65])
{
    struct digest hash = origin_hash(origin);
    hex_write(bytes_of(hash.octets, sizeof hash.octets), ret_hex);
}

// -- look-ups ------------------------------------------------------------------------------------

const struct community_state *community_by_code(const struct community *c, struct str code)
{
    for (size_t i = 0; i < c->states_count; i++)
        if (str_eq(c->states[i].code, code))
            return &c->states[i];
    return NULL;
}

const struct community_state *community_by_origin(const struct community *c, struct str origin)
{
    for (size_t i = 0; i < c->states_count; i++)
        if (str_eq(c->states[i].origin, origin))
            return &c->states[i];
    return NULL;
}

const struct community_state *community_by_hash(const struct community *c,
                                                const struct digest *hash)
{
    for (size_t i = 0; i < c->states_count; i++)
        if (digest_eq(&c->states[i].origin_hash, hash))
            return &c->states[i];
    return NULL;
}

static const struct str *name_in(const struct community_names *names, struct str language)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_eq(names->items[i].language, language))
            return &names->items[i].text;
    return NULL;
}

// "zh-Hans-CN", then "zh-Hans", then "zh".
static const struct str *name_near(const struct community_names *names, struct str language)
{
    const struct str *found = name_in(names, language);
    while (found == NULL && language.len > 0) {
        size_t len = language.len;
        while (len > 0 && language.ptr[len - 1] != '-')
            len--;
        if (len == 0)
            return NULL;
        language.len = len - 1;
        found = name_in(names, language);
    }
    return found;
}

struct str community_state_name(const struct community *c, struct str code, struct str language,
                                enum community_form form)
{
    const struct community_state *state = community_by_code(c, code);
    if (state == NULL)
        return code;
    const struct str *name =
        name_near(form == NAME_LONG ? &state->long_names : &state->short_names, language);
    return name == NULL ? code : *name;
}

struct str community_title(const struct community *c, struct str language)
{
    const struct str *name = name_near(&c->names, language);
    CHECK(c->names.count > 0);
    return name == NULL ? c->names.items[0].text : *name;
}

size_t community_voices(const struct community *c, const struct community_state *author)
{
    size_t voices = 0;
    for (size_t i = 0; i < c->states_count; i++)
        voices += &c->states[i] != author && c->states[i].group == COMMUNITY_NO_GROUP;
    for (size_t g = 0; g < c->groups_count; g++) {
        size_t others = c->groups[g].states_count;
        if (author != NULL && author->group == g)
            others--;
        voices += others >= c->groups[g].needed;
    }
    return voices;
}

// -- rules over the whole file -------------------------------------------------------------------

static bool check_unique(const struct community *c, struct err *err)
{
    for (size_t i = 0; i < c->states_count; i++) {
        const struct community_state *a = &c->states[i];
        for (size_t j = i + 1; j < c->states_count; j++) {
            const struct community_state *b = &c->states[j];
            if (str_eq(a->code, b->code))
                return err_set(err, ERR_MALFORMED, clause, "State %.*s stands twice",
                               STR_ARG(a->code));
            if (str_eq(a->origin, b->origin))
                return err_set(err, ERR_MALFORMED, clause, "States %.*s and %.*s have one origin",
                               STR_ARG(a->code), STR_ARG(b->code));
            if (digest_eq(&a->genesis, &b->genesis))
                return err_set(err, ERR_MALFORMED, clause, "States %.*s and %.*s have one genesis",
                               STR_ARG(a->code), STR_ARG(b->code));
        }
    }
    return true;
}

// A cosigner is named after its origin; one origin inside another's key names would blur them.
static bool check_nested(const struct community *c, struct err *err)
{
    for (size_t i = 0; i < c->states_count; i++) {
        for (size_t j = 0; j < c->states_count; j++) {
            struct str inner = c->states[j].origin;
            struct str outer = c->states[i].origin;
            if (i == j || inner.len <= outer.len || !str_starts(inner, outer))
                continue;
            if (inner.ptr[outer.len] == '/')
                return err_set(err, ERR_MALFORMED, clause,
                               "the origin of %.*s stands inside that of %.*s",
                               STR_ARG(c->states[j].code), STR_ARG(c->states[i].code));
        }
    }
    return true;
}

static bool check_quorum(const struct community *c, struct err *err)
{
    for (size_t i = 0; i < c->states_count; i++) {
        size_t voices = community_voices(c, &c->states[i]);
        if (c->quorum > voices)
            return err_set(err, ERR_MALFORMED, clause,
                           "a quorum of %u, where State %.*s has %zu other voices", c->quorum,
                           STR_ARG(c->states[i].code), voices);
    }
    return true;
}

bool community_read(struct arena *a, struct bytes sent, struct community *ret, struct err *err)
{
    struct community c = {0};
    if (sent.len > COMMUNITY_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a community file of %zu octets", sent.len);
    if (!text_check(sent, &c.text, err))
        return err_wrap(err, "community");
    if (!community_lines_read(a, c.text, &c, err))
        return false;
    if (!check_unique(&c, err) || !check_nested(&c, err) || !check_quorum(&c, err))
        return err_wrap(err, "community");
    c.hash = digest_of(sent);
    *ret = c;
    return true;
}

bool community_write(const struct community *c, struct arena *a, struct bytes *ret, struct err *err)
{
    struct community again;
    struct bytes text;
    if (!community_lines_write(c, a, &text, err) || !community_read(a, text, &again, err))
        return err_wrap(err, "writing a community");
    *ret = text;
    return true;
}
