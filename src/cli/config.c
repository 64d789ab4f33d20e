#include "cli/config.h"

#include "base/encode.h"
#include "base/limits.h"
#include "http/listen.h"
#include "record/address.h"

#include <stdio.h>

void config_defaults(struct config *c, const char *folder)
{
    *c = (struct config){
        .dials = true, .poll_s = 60, .peer_quota_mib = 4096, .log_level = REPORT_INFO};
    int len = snprintf(c->folder, sizeof c->folder, "%s", folder);
    CHECK(len > 0 && (size_t)len < sizeof c->folder);
    (void)snprintf(c->markings[0], sizeof c->markings[0], "UNCLASSIFIED");
    c->markings_count = 1;
    (void)snprintf(c->marking_ceiling, sizeof c->marking_ceiling, "UNCLASSIFIED");
}

// -- values ------------------------------------------------------------------------------------
static bool take_text(struct str value, char *to, size_t cap, struct err *err)
{
    if (value.len >= cap)
        return err_set(err, ERR_LIMIT, "cli/config.h", "a value of %zu octets", value.len);
    memcpy(to, value.ptr, value.len);
    to[value.len] = '\0';
    return true;
}

static bool take_address(struct str value, char *to, struct err *err)
{
    char text[CONFIG_TEXT_MAX];
    struct listen_at at;
    if (str_eq(value, STR("off")))
        return take_text(STR(""), to, CONFIG_TEXT_MAX, err);
    if (!take_text(value, text, sizeof text, err))
        return false;
    if (!listen_read(text, &at, err))
        return err_set(err, ERR_MALFORMED, "cli/config.h",
                       "an address is HOST:PORT, such as 0.0.0.0:7400, or off");
    return take_text(value, to, CONFIG_TEXT_MAX, err);
}

static bool take_number(struct str value, uint64_t most, uint64_t *ret, struct err *err)
{
    if (!decimal_read(value, most, ret) || *ret == 0)
        return err_set(err, ERR_MALFORMED, "cli/config.h", "a number from 1 to %llu",
                       (unsigned long long)most);
    return true;
}

static bool take_yes(struct str value, bool *ret, struct err *err)
{
    *ret = str_eq(value, STR("yes"));
    return *ret || str_eq(value, STR("no")) ||
           err_set(err, ERR_MALFORMED, "cli/config.h", "yes or no");
}

static bool set_listen(struct config *c, struct str value, struct err *err)
{
    return take_address(value, c->listen, err);
}

static bool set_monitor(struct config *c, struct str value, struct err *err)
{
    return take_address(value, c->monitor, err);
}

static bool set_door(struct config *c, struct str value, struct err *err)
{
    return take_address(value, c->door, err);
}

static bool set_passphrase_file(struct config *c, struct str value, struct err *err)
{
    if (str_eq(value, STR("ask")))
        value = STR("");
    return take_text(value, c->passphrase_file, sizeof c->passphrase_file, err);
}

static bool set_dial(struct config *c, struct str value, struct err *err)
{
    return take_yes(value, &c->dials, err);
}

static bool set_poll(struct config *c, struct str value, struct err *err)
{
    uint64_t n = 0;
    if (!take_number(value, 86400, &n, err))
        return false;
    c->poll_s = (uint32_t)n;
    return true;
}

static bool set_quota(struct config *c, struct str value, struct err *err)
{
    return take_number(value, 1 << 20, &c->peer_quota_mib, err);
}

// The spelling that records use (record/address.h), or no draft could ever carry it.
static bool take_marking(struct str word, char *to, size_t cap, struct err *err)
{
    char whole[MARKING_CHARS_MAX + 1] = "XA:";
    struct marking read;
    if (word.len == 0 || word.len > MARKING_CHARS_MAX - 3)
        return err_set(err, ERR_MALFORMED, "cli/config.h",
                       "1 to %d markings of at most 32 characters, "
                       "one space between them",
                       CONFIG_MARKINGS_MAX);
    memcpy(whole + 3, word.ptr, word.len);
    if (!marking_read(str_of(whole), &read))
        return err_set(err, ERR_MALFORMED, "cli/config.h",
                       "a marking has capital letters, digits and hyphens, at most 32");
    return take_text(word, to, cap, err);
}

// The table is given whole, lowest first, in one line.
static bool set_markings(struct config *c, struct str value, struct err *err)
{
    struct str rest = value;
    struct str word;
    c->markings_count = 0;
    while (str_split(&rest, ' ', &word)) {
        if (c->markings_count == CONFIG_MARKINGS_MAX)
            return err_set(err, ERR_MALFORMED, "cli/config.h", "1 to %d markings",
                           CONFIG_MARKINGS_MAX);
        for (size_t i = 0; i < c->markings_count; i++)
            if (str_eq(word, str_of(c->markings[i])))
                return err_set(err, ERR_MALFORMED, "cli/config.h", "%s stands twice",
                               c->markings[i]);
        if (!take_marking(word, c->markings[c->markings_count++], sizeof c->markings[0], err))
            return false;
    }
    return true;
}

static bool set_ceiling(struct config *c, struct str value, struct err *err)
{
    return take_text(value, c->marking_ceiling, sizeof c->marking_ceiling, err);
}

static const char *const level_words[REPORT_LEVEL_COUNT] = {"debug", "info", "warn", "error"};

static bool set_log_level(struct config *c, struct str value, struct err *err)
{
    for (unsigned i = 0; i < REPORT_LEVEL_COUNT; i++) {
        if (str_eq(value, str_of(level_words[i]))) {
            c->log_level = (enum report_level)i;
            return true;
        }
    }
    return err_set(err, ERR_MALFORMED, "cli/config.h", "debug, info, warn or error");
}

static bool set_log_form(struct config *c, struct str value, struct err *err)
{
    c->log_json = str_eq(value, STR("json"));
    return c->log_json || str_eq(value, STR("text")) ||
           err_set(err, ERR_MALFORMED, "cli/config.h", "text or json");
}

// -- writing what differs from the usual; text_at serves the values that are texts ----------------
static void put_dial(const struct config *c, struct buffer *to)
{
    buffer_fmt(to, "%s", c->dials ? "yes" : "no");
}

static void put_poll(const struct config *c, struct buffer *to)
{
    buffer_fmt(to, "%u", (unsigned)c->poll_s);
}

static void put_quota(const struct config *c, struct buffer *to)
{
    buffer_fmt(to, "%llu", (unsigned long long)c->peer_quota_mib);
}

static void put_markings(const struct config *c, struct buffer *to)
{
    for (size_t i = 0; i < c->markings_count; i++)
        buffer_fmt(to, "%s%s", i == 0 ? "" : " ", c->markings[i]);
}

static void put_ceiling(const struct config *c, struct buffer *to)
{
    buffer_fmt(to, "%s", c->marking_ceiling);
}

static void put_log_level(const struct config *c, struct buffer *to)
{
    buffer_fmt(to, "%s", level_words[c->log_level]);
}

static void put_log_form(const struct config *c, struct buffer *to)
{
    buffer_fmt(to, "%s", c->log_json ? "json" : "text");
}

static const struct {
    const char *key;
    bool (*set)(struct config *c, struct str value, struct err *err);
    const char *usual;
    size_t text_at; // where the value stands as text, empty being the usual; 0: `put` writes it
    void (*put)(const struct config *c, struct buffer *to);
    const char *says;
} keys[] = {
    {"listen", set_listen, "off", offsetof(struct config, listen), NULL,
     "where partners' nodes reach this one (TLS 1.3): HOST:PORT, or off"},
    {"dial", set_dial, "yes", 0, put_dial,
     "call partners at the addresses of the community file: yes or no"},
    {"poll", set_poll, "60", 0, put_poll, "call each partner at least every so many seconds"},
    {"monitor", set_monitor, "off", offsetof(struct config, monitor), NULL,
     "give checkpoint, tiles and entries to anyone: HOST:PORT, or off"},
    {"door", set_door, "off", offsetof(struct config, door), NULL,
     "health and status over HTTP: HOST:PORT, or off"},
    {"passphrase-file", set_passphrase_file, "ask", offsetof(struct config, passphrase_file), NULL,
     "where the keeper reads its passphrase; ask: on the terminal"},
    {"peer-quota", set_quota, "4096", 0, put_quota, "MiB of bodies one partner may leave here"},
    {"markings", set_markings, "UNCLASSIFIED", 0, put_markings,
     "this State's table of markings, the lowest first"},
    {"marking-ceiling", set_ceiling, "UNCLASSIFIED", 0, put_ceiling,
     "the highest marking this node may carry"},
    {"log-level", set_log_level, "info", 0, put_log_level, "debug, info, warn or error"},
    {"log-form", set_log_form, "text", 0, put_log_form, "text, or json: one object a line"},
};

// -- the file ------------------------------------------------------------------------------------
static bool take_line(struct config *c, struct str line, uint32_t *seen, struct err *err)
{
    const char *space = memchr(line.ptr, ' ', line.len);
    if (space == NULL || space + 1 == line.ptr + line.len)
        return err_set(err, ERR_MALFORMED, "cli/config.h",
                       "a key and a value, separated by a space");
    size_t len = (size_t)(space - line.ptr);
    struct str key = str_slice(line, 0, len);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!str_eq(key, str_of(keys[i].key)))
            continue;
        if ((*seen >> i & 1U) != 0)
            return err_set(err, ERR_MALFORMED, "cli/config.h", "%s stands twice", keys[i].key);
        *seen |= UINT32_C(1) << i;
        return keys[i].set(c, str_slice(line, len + 1, line.len), err)
                   ? true
                   : err_wrap(err, "%s", keys[i].key);
    }
    return err_set(err, ERR_MALFORMED, "cli/config.h", "there is no key %.*s", STR_ARG(key));
}

bool config_read(struct bytes text, struct config *c, struct err *err)
{
    struct str rest;
    struct str line;
    size_t number = 0;
    uint32_t seen = 0;
    if (!text_check(text, &rest, err))
        return err_wrap(err, "elchi.conf");
    while (str_split(&rest, '\n', &line)) {
        number++;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!take_line(c, line, &seen, err))
            return err_wrap(err, "elchi.conf, line %zu", number);
    }
    for (size_t i = 0; i < c->markings_count; i++)
        if (strcmp(c->markings[i], c->marking_ceiling) == 0)
            return true;
    return err_set(err, ERR_MALFORMED, "cli/config.h",
                   "elchi.conf: marking-ceiling %s is not among the markings", c->marking_ceiling);
}

bool config_load(struct world *w, const char *folder, struct config *ret, struct err *err)
{
    char path[4096];
    struct arena a;
    struct bytes text;
    if (strlen(folder) >= sizeof ret->folder)
        return err_set(err, ERR_LIMIT, "cli/config.h", "the folder's name is too long");
    arena_init(&a, (size_t)4 * CONFIG_BYTES_MAX);
    config_defaults(ret, folder);
    (void)snprintf(path, sizeof path, "%s/elchi.conf", folder);
    bool done = world_read_file(w, path, CONFIG_BYTES_MAX, &a, &text, err);
    if (!done && err->kind == ERR_NOT_FOUND)
        (void)err_set(err, ERR_NOT_FOUND, NULL,
                      "%.100s holds no node; name its folder by --node or ELCHI_NODE, or make one "
                      "with `elchi init`",
                      folder);
    done = done && config_read(text, ret, err);
    arena_release(&a);
    return done;
}

static bool value_text(const struct config *c, size_t key, struct arena *a, struct str *ret,
                       struct err *err)
{
    struct buffer b;
    buffer_init(&b, a, CONFIG_BYTES_MAX);
    if (keys[key].put != NULL)
        keys[key].put(c, &b);
    else
        buffer_fmt(&b, "%s", (const char *)c + keys[key].text_at);
    return buffer_take_str(&b, ret, err);
}

// What differs from the usual stands as a line; the rest as a comment that shows the usual.
bool config_text(const struct config *c, struct arena *a, struct bytes *ret, struct err *err)
{
    struct buffer out;
    buffer_init(&out, a, CONFIG_BYTES_MAX);
    buffer_fmt(&out,
               "# Elchi: the configuration of one node. Lines are \"key value\".\n"
               "# A line that begins with # is a comment; those below show the usual values.\n");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct str value;
        if (!value_text(c, i, a, &value, err))
            return false;
        bool usual = value.len == 0 || str_eq(value, str_of(keys[i].usual));
        value = usual ? str_of(keys[i].usual) : value;
        buffer_fmt(&out, "\n# %s\n%s%s %.*s\n", keys[i].says, usual ? "#" : "", keys[i].key,
                   STR_ARG(value));
    }
    return buffer_take(&out, ret, err);
}

size_t config_markings_allowed(const struct config *c)
{
    for (size_t i = 0; i < c->markings_count; i++)
        if (strcmp(c->markings[i], c->marking_ceiling) == 0)
            return i + 1;
    return 0;
}
