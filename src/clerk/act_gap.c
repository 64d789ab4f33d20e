// clerk/act_gap.c - an officer gives up waiting for bodies of ours that nobody brings back.
#include "clerk/acts.h"
#include "clerk/officer.h"
#include "clerk/restore.h"
#include "clerk/shown.h"

// "XA/XB" for the sealed records to XB, "XA" for open ones.
static bool pair_to(struct clerk *c, struct str to, struct arena *a, struct str *ret,
                    struct err *err)
{
    if (str_eq(to, STR("all")))
        return arena_fmt(a, ret, err, "%s", c->state.text);
    const struct community_state *state =
        c->has_community ? community_by_code(&c->community, to) : NULL;
    if (state == NULL || str_eq(state->origin, c->origin))
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6",
                       "%.*s is no other State of this community; `all` stands for open records",
                       STR_ARG(to));
    return arena_fmt(a, ret, err, "%s/%.*s", c->state.text, STR_ARG(state->code));
}

bool clerk_act_accept_gap(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct str pair;
    uint64_t left_out = 0;
    struct str to = clerk_take_str(io, err);
    if (!clerk_columns_done(io, err) || !clerk_need(c, io, NEED_APPLY, DESK_NONE, err) ||
        !pair_to(c, to, io->arena, &pair, err) ||
        !clerk_restore_accept_gap(c, pair, clerk_officer_name(io), &left_out, err))
        return false;
    io->shown = shown_object();
    shown_str(io->shown, "pair", pair);
    shown_number(io->shown, "left_out", left_out);
    return true;
}
