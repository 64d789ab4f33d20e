#include "community/community_lines.h"

#include "base/encode.h"
#include "base/lines.h"
#include "log/checkpoint.h"
#include "record/address.h"

#include <inttypes.h>
#include <stdio.h>

static const char clause[] = "community/community.h";

// A whole file in the making: arrays at their bound, in the arena.
struct making {
    struct arena *arena;
    struct lines lines;
    struct community_state *states;
    size_t states_count;
    struct community_group *groups;
    struct str *members[COMMUNITY_GROUPS_MAX]; // codes of a group, until the States are known
    size_t groups_count;
};

static bool no_room(struct lines *l)
{
    if (!l->failed)
        l->failed = !err_set(l->err, ERR_LIMIT, clause, "no room for a community");
    return false;
}

// -- names ---------------------------------------------------------------------------------------

static void read_one_name(struct lines *l, struct str value, struct community_name *names,
                          size_t *count)
{
    struct fields f = fields_of(value);
    struct str language = field_next(&f);
    struct str text = field_rest(&f);
    if (f.failed || !language_is_tag(language))
        (void)lines_fail(l, clause, "expected a language and a name");
    else if (text.len > COMMUNITY_NAME_BYTES_MAX || text.ptr[0] == ' ' ||
             text.ptr[text.len - 1] == ' ')
        (void)lines_fail(l, clause, "a name has at most %d octets and no space around it",
                         COMMUNITY_NAME_BYTES_MAX);
    else if (*count == COMMUNITY_NAMES_MAX)
        (void)lines_fail(l, clause, "a name in more than %d languages", COMMUNITY_NAMES_MAX);
    else if (*count > 0 && str_cmp(names[*count - 1].language, language) >= 0)
        (void)lines_fail(l, clause, "languages are not ascending, each once");
    else
        names[(*count)++] = (struct community_name){language, text};
}

static void read_names(struct making *m, struct str key, struct community_names *ret)
{
    struct str value;
    struct community_name names[COMMUNITY_NAMES_MAX];
    size_t count = 0;
    while (lines_optional(&m->lines, key, &value))
        read_one_name(&m->lines, value, names, &count);
    if (m->lines.failed || count == 0)
        return;
    struct community_name *kept = arena_new(m->arena, struct community_name, count);
    if (kept == NULL) {
        (void)no_room(&m->lines);
        return;
    }
    memcpy(kept, names, count * sizeof *kept);
    *ret = (struct community_names){kept, count};
}

// -- the head ------------------------------------------------------------------------------------

static void read_codebook(struct lines *l, struct community *c)
{
    uint64_t version = 0;
    struct fields f = fields_of(lines_value(l, STR("codebook")));
    struct str number = field_next(&f);
    struct str hash = field_next(&f);
    if (!fields_done(&f) || !decimal_read(number, UINT32_MAX, &version) || version == 0 ||
        !digest_read(hash, &c->codebook))
        (void)lines_fail(l, clause, "expected a codebook's version and hash");
    c->codebook_version = (uint32_t)version;
}

static void read_durations(struct lines *l, struct community *c)
{
    for (int d = 0; d < COMMUNITY_DURATION_COUNT; d++) {
        const char *word = community_duration_word((enum community_duration)d);
        struct fields f = fields_of(lines_value(l, STR("duration")));
        struct str name = field_next(&f);
        struct str seconds = field_next(&f);
        if (!fields_done(&f) || !str_eq(name, str_of(word)) ||
            !decimal_read(seconds, COMMUNITY_DURATION_S_MAX, &c->durations_s[d]) ||
            c->durations_s[d] == 0)
            (void)lines_fail(l, clause, "expected \"duration %s\" and seconds from 1 to %d", word,
                             COMMUNITY_DURATION_S_MAX);
    }
}

static bool is_group_name(struct str name)
{
    // `q` and the names of cosigners are those of the derived policy.
    return text_is_file_name(name) && !str_eq(name, STR("q")) && !str_eq(name, STR("any")) &&
           !str_eq(name, STR("all")) && !str_eq(name, STR("none"));
}

static bool group_known(const struct making *m, struct str name)
{
    for (size_t i = 0; i < m->groups_count; i++)
        if (str_eq(m->groups[i].name, name))
            return true;
    return false;
}

static void read_group(struct making *m, struct str value)
{
    struct lines *l = &m->lines;
    struct fields f = fields_of(value);
    struct str name = field_next(&f);
    uint64_t needed = 0;
    size_t count = 0;
    if (!decimal_read(field_next(&f), COMMUNITY_STATES_MAX, &needed) || needed == 0 || f.failed ||
        !is_group_name(name) || group_known(m, name)) {
        (void)lines_fail(l, clause, "expected a new group's name and how many of it speak for it");
        return;
    }
    if (m->groups_count == COMMUNITY_GROUPS_MAX) {
        (void)lines_fail(l, clause, "more than %d groups", COMMUNITY_GROUPS_MAX);
        return;
    }
    struct str *members = arena_new(m->arena, struct str, COMMUNITY_STATES_MAX);
    if (members == NULL) {
        (void)no_room(l);
        return;
    }
    while (!f.failed && f.rest.len > 0 && count < COMMUNITY_STATES_MAX)
        members[count++] = field_next(&f);
    if (!fields_done(&f) || needed > count) {
        (void)lines_fail(l, clause, "a group names at least as many States as it needs");
        return;
    }
    m->members[m->groups_count] = members;
    m->groups[m->groups_count++] =
        (struct community_group){.name = name, .needed = (unsigned)needed, .states_count = count};
}

static void read_quorum(struct lines *l, struct community *c)
{
    uint64_t quorum = 0;
    if (!decimal_read(lines_value(l, STR("quorum")), COMMUNITY_STATES_MAX, &quorum) || quorum == 0)
        (void)lines_fail(l, clause, "a quorum is at least 1");
    c->quorum = (unsigned)quorum;
}

// -- States --------------------------------------------------------------------------------------

static bool is_endpoint(struct str url)
{
    if (!str_starts(url, STR("https://")) || url.len > PARAMETER_BYTES_MAX || url.len < 9)
        return false;
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
            return false;
    return true;
}

static void read_endpoints(struct making *m, struct community_state *s)
{
    struct str value;
    struct str endpoints[COMMUNITY_ENDPOINTS_MAX];
    size_t count = 0;
    while (lines_optional(&m->lines, STR("endpoint"), &value)) {
        if (count == COMMUNITY_ENDPOINTS_MAX || !is_endpoint(value))
            (void)lines_fail(&m->lines, clause, "at most %d endpoints, each https://",
                             COMMUNITY_ENDPOINTS_MAX);
        else
            endpoints[count++] = value;
    }
    if (m->lines.failed || count == 0)
        return;
    struct str *kept = arena_new(m->arena, struct str, count);
    if (kept == NULL) {
        (void)no_room(&m->lines);
        return;
    }
    memcpy(kept, endpoints, count * sizeof *kept);
    s->endpoints = kept;
    s->endpoints_count = count;
}

static void read_identity(struct lines *l, struct community_state *s)
{
    struct state_code code;
    s->code = lines_value(l, STR("state"));
    if (!l->failed && !state_code_read(s->code, &code))
        (void)lines_fail(l, clause, "not the code of a State");
    struct str role = lines_value(l, STR("role"));
    s->role = str_eq(role, STR("observer")) ? ROLE_OBSERVER : ROLE_MEMBER;
    if (!l->failed && !str_eq(role, str_of(community_role_word(s->role))))
        (void)lines_fail(l, clause, "a role is member or observer");
    s->origin = lines_value(l, STR("origin"));
    if (!l->failed && !checkpoint_origin_check(s->origin, l->err))
        l->failed = !err_wrap(l->err, "community, line %zu", l->number);
    if (!digest_read(lines_value(l, STR("genesis")), &s->genesis))
        (void)lines_fail(l, clause, "a genesis is sha256: and 64 hex digits");
    s->origin_hash = origin_hash(s->origin);
    s->group = COMMUNITY_NO_GROUP;
}

static void read_state(struct making *m)
{
    struct community_state *s = &m->states[m->states_count];
    if (m->states_count == COMMUNITY_STATES_MAX) {
        (void)lines_fail(&m->lines, clause, "more than %d States", COMMUNITY_STATES_MAX);
        return;
    }
    read_identity(&m->lines, s);
    read_endpoints(m, s);
    read_names(m, STR("long"), &s->long_names);
    read_names(m, STR("short"), &s->short_names);
    m->states_count++;
}

// -- groups, once the States are known -----------------------------------------------------------

static bool find_state(const struct making *m, struct str code, size_t *ret)
{
    for (size_t i = 0; i < m->states_count; i++) {
        if (!str_eq(m->states[i].code, code))
            continue;
        *ret = i;
        return true;
    }
    return false;
}

static bool resolve_group(struct making *m, size_t g, struct err *err)
{
    struct community_group *group = &m->groups[g];
    size_t *indexes = arena_new(m->arena, size_t, group->states_count);
    if (indexes == NULL)
        return no_room(&m->lines);
    for (size_t i = 0; i < group->states_count; i++) {
        if (!find_state(m, m->members[g][i], &indexes[i]))
            return err_set(err, ERR_MALFORMED, clause, "group %.*s names a State that is none",
                           STR_ARG(group->name));
        if (m->states[indexes[i]].group != COMMUNITY_NO_GROUP)
            return err_set(err, ERR_MALFORMED, clause, "State %.*s is in two groups",
                           STR_ARG(m->states[indexes[i]].code));
        if (i > 0 && indexes[i] <= indexes[i - 1])
            return err_set(err, ERR_MALFORMED, clause,
                           "group %.*s does not keep the order of States", STR_ARG(group->name));
        m->states[indexes[i]].group = g;
    }
    group->states = indexes;
    return true;
}

bool community_lines_read(struct arena *a, struct str text, struct community *ret, struct err *err)
{
    struct making m = {.arena = a};
    struct community c = {.text = text};
    struct str value;
    m.states = arena_new(a, struct community_state, COMMUNITY_STATES_MAX + 1);
    m.groups = arena_new(a, struct community_group, COMMUNITY_GROUPS_MAX);
    if (m.states == NULL || m.groups == NULL)
        return err_set(err, ERR_LIMIT, clause, "no room for a community");
    lines_init(&m.lines, "community", text, err);
    lines_exact(&m.lines, STR("elchi community v1"));
    read_names(&m, STR("name"), &c.names);
    if (!m.lines.failed && c.names.count == 0)
        (void)lines_fail(&m.lines, clause, "a community has a name");
    read_codebook(&m.lines, &c);
    read_durations(&m.lines, &c);
    while (lines_optional(&m.lines, STR("group"), &value))
        read_group(&m, value);
    read_quorum(&m.lines, &c);
    do
        read_state(&m);
    while (lines_more(&m.lines));
    if (!lines_done(&m.lines))
        return false;
    for (size_t g = 0; g < m.groups_count; g++)
        if (!resolve_group(&m, g, err))
            return err_wrap(err, "community");
    c.states = m.states;
    c.states_count = m.states_count;
    c.groups = m.groups;
    c.groups_count = m.groups_count;
    *ret = c;
    return true;
}

// -- writing -------------------------------------------------------------------------------------

static void put_digest(struct buffer *out, const char *key, const struct digest *d)
{
    char text[DIGEST_TEXT_CHARS + 1];
    digest_write(d, text);
    buffer_fmt(out, "%s %s\n", key, text);
}

static void put_names(struct buffer *out, const char *key, const struct community_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        buffer_fmt(out, "%s %.*s %.*s\n", key, STR_ARG(names->items[i].language),
                   STR_ARG(names->items[i].text));
}

static void put_state(struct buffer *out, const struct community_state *s)
{
    buffer_fmt(out, "state %.*s\nrole %s\norigin %.*s\n", STR_ARG(s->code),
               community_role_word(s->role), STR_ARG(s->origin));
    put_digest(out, "genesis", &s->genesis);
    for (size_t i = 0; i < s->endpoints_count; i++)
        buffer_fmt(out, "endpoint %.*s\n", STR_ARG(s->endpoints[i]));
    put_names(out, "long", &s->long_names);
    put_names(out, "short", &s->short_names);
}

bool community_lines_write(const struct community *c, struct arena *a, struct bytes *ret,
                           struct err *err)
{
    struct buffer out;
    char book[sizeof "codebook 4294967295"];
    buffer_init(&out, a, COMMUNITY_BYTES_MAX);
    buffer_str(&out, STR("elchi community v1\n"));
    put_names(&out, "name", &c->names);
    (void)snprintf(book, sizeof book, "codebook %" PRIu32, c->codebook_version);
    put_digest(&out, book, &c->codebook);
    for (int d = 0; d < COMMUNITY_DURATION_COUNT; d++)
        buffer_fmt(&out, "duration %s %" PRIu64 "\n",
                   community_duration_word((enum community_duration)d), c->durations_s[d]);
    for (size_t g = 0; g < c->groups_count; g++) {
        buffer_fmt(&out, "group %.*s %u", STR_ARG(c->groups[g].name), c->groups[g].needed);
        for (size_t i = 0; i < c->groups[g].states_count; i++) {
            CHECK(c->groups[g].states[i] < c->states_count);
            buffer_fmt(&out, " %.*s", STR_ARG(c->states[c->groups[g].states[i]].code));
        }
        buffer_str(&out, STR("\n"));
    }
    buffer_fmt(&out, "quorum %u\n", c->quorum);
    for (size_t i = 0; i < c->states_count; i++)
        put_state(&out, &c->states[i]);
    return buffer_take(&out, ret, err);
}
