#include "clerk/officer.h"

#include "base/encode.h"

#include <stdio.h>

enum { CHALLENGE_BYTES = 32 };

// -- who is there --------------------------------------------------------------------------------
static bool load_register(struct clerk *c, struct arena *a, struct approver_register *ret,
                          struct err *err)
{
    struct keeper_status s;
    return keeper_status(&c->keeper, a, &s, err) &&
           register_read(a, str_bytes(s.register_text), ret, err);
}

bool clerk_who(struct clerk *c, struct clerk_io *io, struct clerk_who *ret, struct err *err)
{
    struct clerk_who w = {0};
    if (!load_register(c, io->arena, &w.approvers, err))
        return false;
    if (io->caller != CLERK_FOR_LOCAL) {
        *ret = w; // CALLER_NONE: may do nothing an officer may
        return true;
    }
    w.caller.kind = CALLER_LOCAL;
    if (io->officer->proved) {
        w.caller.kind = CALLER_OFFICER;
        w.caller.officer = register_officer(&w.approvers, str_of(io->officer->name));
        if (w.caller.officer == NULL)
            return err_set(err, ERR_DENIED, "FORMATS 10",
                           "the officer no longer stands in the register");
    }
    *ret = w;
    return true;
}

bool clerk_need(struct clerk *c, struct clerk_io *io, enum need need, enum desk desk,
                struct err *err)
{
    struct clerk_who w;
    return clerk_who(c, io, &w, err) && rights_check(&w.caller, need, desk, err);
}

struct str clerk_officer_name(const struct clerk_io *io)
{
    return io->officer->proved ? str_of(io->officer->name) : STR("clerk");
}

// -- the proof -----------------------------------------------------------------------------------
bool clerk_hello_write(struct str origin, struct str officer, const uint8_t challenge[32],
                       struct arena *a, struct str *ret, struct err *err)
{
    char hex[2 * CHALLENGE_BYTES + 1];
    hex_write(bytes_of(challenge, CHALLENGE_BYTES), hex);
    return arena_fmt(a, ret, err, "elchi hello v1\nlog %.*s\nofficer %.*s\nchallenge %s\n",
                     STR_ARG(origin), STR_ARG(officer), hex);
}

// A name nobody has gets a challenge too: who stands in the register is not for asking.
bool clerk_act_hello(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct str name = clerk_take_str(io, err);
    struct officer_session *s = io->officer;
    if (!clerk_columns_done(io, err))
        return false;
    if (!text_is_file_name(name) || name.len > OFFICER_NAME_CHARS_MAX)
        return err_set(err, ERR_MALFORMED, "FORMATS 5", "no officer has such a name");
    *s = (struct officer_session){.challenged = true};
    memcpy(s->name, name.ptr, name.len);
    world_random(c->world, s->challenge, sizeof s->challenge);
    buffer_put(&io->answer, bytes_of(s->challenge, sizeof s->challenge));
    return true;
}

static void put_words(json_t *object, const char *key, unsigned bits, int first, int count,
                      const char *(*word)(int at))
{
    json_t *words = json_array();
    CHECK(words != NULL);
    for (int i = first; i < count; i++)
        if ((bits >> i & 1) != 0)
            CHECK(json_array_append_new(words, json_str(str_of(word(i)))) == 0);
    CHECK(json_object_set_new(object, key, words) == 0);
}

static const char *word_of_desk(int at)
{
    return desk_word((enum desk)at);
}

static const char *word_of_role(int at)
{
    return officer_role_word((enum officer_role)at);
}

static json_t *officer_json(const struct officer *o)
{
    json_t *object = json_object();
    CHECK(object != NULL);
    CHECK(json_object_set_new(object, "officer", json_str(o->name)) == 0);
    put_words(object, "desks", o->desks, DESK_TECHNICAL, DESK_COUNT, word_of_desk);
    put_words(object, "roles", o->roles, 0, OFFICER_ROLE_COUNT, word_of_role);
    return object;
}

// The officer whose key signed this connection's challenge, or a refusal that says the same
// whether the name or the signature was wrong.
static bool check_proof(struct clerk *c, struct clerk_io *io, const struct signature *sent,
                        const struct officer **ret, struct err *err)
{
    struct approver_register approvers;
    struct str name = str_of(io->officer->name);
    struct str text;
    if (!load_register(c, io->arena, &approvers, err) ||
        !clerk_hello_write(c->origin, name, io->officer->challenge, io->arena, &text, err))
        return false;
    const struct officer *o = register_officer(&approvers, name);
    if (o == NULL || !sign_verify(&o->key.key, str_bytes(text), sent))
        return err_set(err, ERR_DENIED, "FORMATS 10", "that is not the key of such an officer");
    *ret = o;
    return true;
}

bool clerk_act_prove(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct signature sent;
    const struct officer *who = NULL;
    struct officer_session *s = io->officer;
    reader_copy(&io->ask, sent.octets, SIGNATURE_BYTES);
    if (!clerk_columns_done(io, err))
        return false;
    if (!s->challenged)
        return err_set(err, ERR_DENIED, "FORMATS 10", "no challenge was asked for");
    s->challenged = false; // good once
    s->proved = false;
    if (!check_proof(c, io, &sent, &who, err))
        return false;
    CHECK(who != NULL);
    if (!clerk_audit(c, who->name, "sign-in", (struct str){0}, err))
        return false;
    s->proved = true;
    io->shown = officer_json(who);
    return true;
}
