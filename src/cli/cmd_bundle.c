// cli/cmd_bundle.c - the courier's file.
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "community/held.h"
#include "courier/bundle_read.h"
#include "courier/bundle_write.h"

struct bundling {
    struct link link;
    struct db *exchange; // owned; read-only
    struct str own;      // this node's origin
};

static bool learn_own(struct cli *cli, struct bundling *b, struct err *err)
{
    json_t *status = NULL;
    if (!clerk_show(&b->link.clerk, CLERK_STATUS, (struct bytes){0}, &status, err))
        return false;
    const char *origin = json_string_value(json_object_get(status, "origin"));
    bool done = origin != NULL
                    ? arena_str(&cli->arena, str_of(origin), &b->own, err)
                    : err_set(err, ERR_MALFORMED, NULL, "the node does not say its origin");
    json_decref(status);
    return done;
}

static void bundling_end(struct bundling *b)
{
    db_close(b->exchange);
    link_close(&b->link);
}

static bool bundling_begin(struct cli *cli, struct bundling *ret, struct err *err)
{
    const struct db_driver *driver;
    struct str path;
    *ret = (struct bundling){.link = {.clerk = {-1}}};
    if (!link_open(cli, &ret->link, err))
        return false;
    bool done = learn_own(cli, ret, err) && db_driver("sqlite", &driver, err) &&
                arena_fmt(&cli->arena, &path, err, "%s/exchange.db", command_folder(cli)) &&
                exchange_open_read(driver, cli->world, path.ptr, &ret->exchange, err);
    if (!done)
        bundling_end(ret);
    return done;
}

// -- write ---------------------------------------------------------------------------------------
static bool find_reader(struct cli *cli, struct bundling *b, struct str code, struct str *ret,
                        struct err *err)
{
    struct txn txn = {0};
    struct held *held = memory_new(1, sizeof *held);
    bool done = db_begin(b->exchange, &txn, err) && held_load(&txn, &cli->arena, held, err);
    txn_release(&txn);
    const struct community_state *state =
        done && held->has_community ? community_by_code(&held->community, code) : NULL;
    if (done && state == NULL)
        done = err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "no State %.*s in this node's community",
                       code.len > 32 ? 32 : (int)code.len, code.ptr);
    if (done && state != NULL)
        *ret = state->origin;
    memory_release(held);
    return done;
}

bool cmd_bundle_write(struct cli *cli, struct err *err)
{
    struct bundling b;
    struct bundle_written w = {0};
    const char *to = option_value(cli, OPTION_TO, NULL);
    const char *out = option_value(cli, OPTION_OUT, NULL);
    if (to == NULL || out == NULL)
        return err_set(err, ERR_USAGE, NULL, "name the reader and the file: --to CODE --out FILE");
    if (!bundling_begin(cli, &b, err))
        return false;
    struct bundle_order order = {.world = cli->world,
                                 .exchange = b.exchange,
                                 .clerk = &b.link.clerk,
                                 .own = b.own,
                                 .all = option_given(cli, OPTION_ALL)};
    bool done =
        find_reader(cli, &b, str_of(to), &order.to, err) && bundle_write(&order, out, &w, err);
    bundling_end(&b);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "to", to, "members",
                                  (json_int_t)w.members, "octets", (json_int_t)w.octets, "entries",
                                  (json_int_t)w.entries, "bodies", (json_int_t)w.bodies, "evidence",
                                  (json_int_t)w.evidence),
                        err);
    say("Written for %s: %llu entries, %llu bodies, %llu pieces of evidence, %llu octets.\n", to,
        (unsigned long long)w.entries, (unsigned long long)w.bodies, (unsigned long long)w.evidence,
        (unsigned long long)w.octets);
    return true;
}

// -- read ----------------------------------------------------------------------------------------
static json_t *text_json(struct str s)
{
    return json_stringn(s.ptr, s.len);
}

static json_t *gaps_json(const struct bundle_read_summary *s)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < s->gaps_count; i++)
        (void)json_array_append_new(rows,
                                    json_pack("{s:o,s:I}", "origin", text_json(s->gaps[i].origin),
                                              "from", (json_int_t)s->gaps[i].from));
    return rows;
}

static json_t *refused_json(const struct bundle_read_summary *s)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < s->refused_count; i++)
        (void)json_array_append_new(
            rows, json_pack("{s:o,s:s,s:s}", "member", text_json(s->refused[i].name), "kind",
                            err_kind_word(s->refused[i].why.kind), "why", s->refused[i].why.text));
    return rows;
}

static void say_summary(const struct bundle_read_summary *s)
{
    say("From %.*s: %llu entries, %llu cosignatures, %llu bodies, %llu evidence taken; %llu held "
        "already.\n",
        STR_ARG(s->index.origin), (unsigned long long)s->entries,
        (unsigned long long)s->cosignatures, (unsigned long long)s->bodies,
        (unsigned long long)s->evidence, (unsigned long long)s->held);
    for (size_t i = 0; i < s->gaps_count; i++)
        say("need %.*s from %llu\n", STR_ARG(s->gaps[i].origin),
            (unsigned long long)s->gaps[i].from);
    for (size_t i = 0; i < s->refused_count; i++)
        say("refused %.*s: %s\n", STR_ARG(s->refused[i].name), s->refused[i].why.text);
}

bool cmd_bundle_read(struct cli *cli, struct err *err)
{
    struct bundling b;
    struct bundle_read_summary s;
    if (!bundling_begin(cli, &b, err))
        return false;
    struct bundle_source source = {b.exchange, &b.link.clerk, b.own};
    bool done = bundle_read(&source, cli->arguments[0], &cli->arena, &s, err);
    bundling_end(&b);
    if (!done)
        return false;
    if (!command_json(cli)) {
        say_summary(&s);
        return true;
    }
    return say_json(
        json_pack("{s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o}", "from", text_json(s.index.origin),
                  "entries", (json_int_t)s.entries, "cosignatures", (json_int_t)s.cosignatures,
                  "bodies", (json_int_t)s.bodies, "manifests", (json_int_t)s.manifests, "evidence",
                  (json_int_t)s.evidence, "held", (json_int_t)s.held, "skipped",
                  (json_int_t)s.skipped, "gaps", gaps_json(&s), "refused", refused_json(&s)),
        err);
}

// -- show ----------------------------------------------------------------------------------------
static json_t *members_json(const struct bundle_index *index)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < index->members_count; i++) {
        char name[BUNDLE_NAME_CHARS + 1];
        bundle_name_write(&index->members[i], name);
        (void)json_array_append_new(
            rows, json_pack("{s:s,s:I}", "name", name, "size", (json_int_t)index->members[i].size));
    }
    return rows;
}

bool cmd_bundle_show(struct cli *cli, struct err *err)
{
    struct bundling b;
    struct bundle_index index;
    char time[MOMENT_CHARS + 1];
    if (!bundling_begin(cli, &b, err))
        return false;
    struct bundle_source source = {b.exchange, &b.link.clerk, b.own};
    bool done = bundle_verify(&source, cli->arguments[0], &cli->arena, &index, err);
    bundling_end(&b);
    if (!done)
        return false;
    moment_write(index.time, time);
    if (command_json(cli))
        return say_json(json_pack("{s:o,s:o,s:s,s:I,s:o}", "origin", text_json(index.origin), "to",
                                  text_json(index.to), "time", time, "waiting",
                                  (json_int_t)index.waiting_count, "members", members_json(&index)),
                        err);
    say("%.*s to %.*s, %s; verified, nothing taken.\n", STR_ARG(index.origin), STR_ARG(index.to),
        time);
    for (size_t i = 0; i < index.members_count; i++) {
        char name[BUNDLE_NAME_CHARS + 1];
        bundle_name_write(&index.members[i], name);
        say("%12llu  %s\n", (unsigned long long)index.members[i].size, name);
    }
    return true;
}
