#include "access/rights.h"

// Bits of enum caller_kind and enum officer_role, in the spelling of the table of needs.
enum {
    KIND_PEER = 1 << CALLER_PEER,
    KIND_TOOL = 1 << CALLER_TOOL,
    KIND_LOCAL = 1 << CALLER_LOCAL,
    KIND_OFFICER = 1 << CALLER_OFFICER,
    KINDS_ALL = 1 << CALLER_ANYONE | KIND_PEER | KIND_TOOL | KIND_LOCAL | KIND_OFFICER,
};
enum {
    ROLE_BIT_DRAFTER = 1 << OFFICER_DRAFTER,
    ROLE_BIT_RELEASER = 1 << OFFICER_RELEASER,
    ROLE_BIT_EXPORT = 1 << OFFICER_EXPORT,
    ROLE_BIT_ADMINISTRATOR = 1 << OFFICER_ADMINISTRATOR,
};

struct need_row {
    const char *word;
    unsigned kinds;
    unsigned roles;
    bool at_desk;
};
#define NEED_ROW(name, word, kinds, roles, desk) [name] = {word, kinds, roles, desk},
static const struct need_row rows[NEED_COUNT] = {RIGHTS_NEEDS(NEED_ROW)};
#undef NEED_ROW

const char *need_word(enum need need)
{
    CHECK(need < NEED_COUNT);
    return rows[need].word;
}

static bool sits_at(const struct caller *who, enum desk desk)
{
    if (desk == DESK_NONE)
        return false;
    if (who->kind == CALLER_OFFICER)
        return officer_has_desk(who->officer, desk);
    return who->kind == CALLER_TOOL && (who->desks & 1U << desk) != 0;
}

bool rights_check(const struct caller *who, enum need need, enum desk desk, struct err *err)
{
    CHECK(need < NEED_COUNT);
    CHECK(desk < DESK_COUNT);
    CHECK(who->kind < CALLER_KIND_COUNT);
    CHECK((who->kind == CALLER_OFFICER) == (who->officer != NULL));
    const struct need_row *row = &rows[need];
    if (!(row->kinds & 1U << who->kind))
        return err_set(err, ERR_DENIED, "access/rights.h", "this needs the right \"%s\"",
                       row->word);
    if (row->roles != 0 && !(who->officer->roles & row->roles))
        return err_set(err, ERR_DENIED, "access/rights.h", "this needs an officer's right \"%s\"",
                       row->word);
    if (row->at_desk && !sits_at(who, desk))
        return err_set(err, ERR_DENIED, "access/rights.h", "this belongs to another desk");
    return true;
}

bool rights_has(const struct caller *who, enum need need, enum desk desk)
{
    struct err unused = {0};
    return rights_check(who, need, desk, &unused);
}
