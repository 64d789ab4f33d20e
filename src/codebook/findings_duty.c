// Rules 8, 11 and 12: the disclaimers that belong to a phrase, the procedure phrases and the escape
// that every book has.
#include "codebook/findings.h"

// -- what a phrase is about -----------------------------------------------------------------------

static bool takes_table(const struct phrase *p, const char *table)
{
    for (size_t i = 0; i < p->parameters_count; i++)
        if (p->parameters[i].table != NULL && str_eq(p->parameters[i].table->name, str_of(table)))
            return true;
    return false;
}

static bool takes_type(const struct phrase *p, enum parameter_type type)
{
    for (size_t i = 0; i < p->parameters_count; i++)
        if (p->parameters[i].type == type)
            return true;
    return false;
}

static bool names_infrastructure(const struct phrase *p)
{
    return takes_type(p, PARAMETER_PREFIX) || takes_type(p, PARAMETER_AS) ||
           takes_type(p, PARAMETER_DOMAIN) || takes_type(p, PARAMETER_URL);
}

static bool is_of(const struct phrase *p, char family)
{
    return p->code.ptr[0] == family;
}

static bool only_judicial(const struct book *book, const struct phrase *p)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    for (size_t i = 0; i < desks->codes_count; i++)
        if (str_eq(desks->codes[i].code, STR("judicial")))
            return p->desks == 1u << i;
    return false;
}

// -- rule 8: which phrase owes which disclaimer ---------------------------------------------------

// Receipt of facts or of a position could be read as agreement with them.
static bool owes_concurrence(const struct book *book, const struct phrase *p)
{
    (void)book;
    bool states = is_of(p, 'N') || is_of(p, 'C');
    return p->reply == REPLY_RECEIVED || p->reply == REPLY_STAND_BY ||
           p->reply == REPLY_NO_COMMENT || (states && p->response == RESPONSE_ACKNOWLEDGE);
}

// Infrastructure named in a question, a request or beside a class of activity is where activity
// comes from; beside a measure or an outage it is what is affected.
static bool owes_origin(const struct book *book, const struct phrase *p)
{
    (void)book;
    bool asks = is_of(p, 'A') || is_of(p, 'R');
    bool activity = takes_table(p, "class") || (asks && !takes_table(p, "measure"));
    return names_infrastructure(p) && activity;
}

// What asks for acts on infrastructure, for data or for information could pass for such a request.
static bool owes_legal(const struct book *book, const struct phrase *p)
{
    if (only_judicial(book, p))
        return true;
    if (!is_of(p, 'R') || takes_table(p, "measure"))
        return false;
    return names_infrastructure(p) || takes_type(p, PARAMETER_LINE) ||
           takes_type(p, PARAMETER_HASH) || takes_table(p, "class") || takes_table(p, "data") ||
           takes_table(p, "assistance");
}

static bool owes_offer(const struct book *book, const struct phrase *p)
{
    (void)book;
    return is_of(p, 'O');
}

static bool owes_regret(const struct book *book, const struct phrase *p)
{
    (void)book;
    return finding_text_holds(p->meaning, "regret");
}

static bool owes_unofficial(const struct book *book, const struct phrase *p)
{
    (void)book;
    return p->reply == REPLY_FREE_TEXT;
}

static const struct duty {
    const char *disclaimer;
    bool (*owes)(const struct book *book, const struct phrase *p);
} duties[] = {
    {"receipt-not-concurrence", owes_concurrence}, {"origin-not-responsibility", owes_origin},
    {"not-legal-assistance", owes_legal},          {"offer-not-obligation", owes_offer},
    {"regret-not-admission", owes_regret},         {"text-unofficial", owes_unofficial},
};

static bool carries(const struct phrase *p, struct str disclaimer)
{
    for (size_t i = 0; i < p->disclaimers_count; i++)
        if (str_eq(p->disclaimers[i]->id, disclaimer))
            return true;
    return false;
}

static void check_disclaimers(const struct book *book, struct finding_list *list)
{
    for (size_t i = 0; i < book->phrases_count; i++)
        for (size_t d = 0; d < sizeof duties / sizeof duties[0]; d++) {
            struct str id = str_of(duties[d].disclaimer);
            if (duties[d].owes(book, &book->phrases[i]) && !carries(&book->phrases[i], id))
                finding_add(list, FINDING_DISCLAIMER_OWED, book->phrases[i].code, id);
        }
    for (size_t d = 0; d < book->disclaimers_count; d++) {
        bool used = false;
        for (size_t i = 0; i < book->phrases_count; i++)
            used = used || carries(&book->phrases[i], book->disclaimers[d].id);
        if (!used)
            finding_add(list, FINDING_DISCLAIMER_UNUSED, book->disclaimers[d].id, STR(""));
    }
}

// -- rule 11: what every book must be able to say about messages ----------------------------------

enum { PROCEDURE_PARAMETERS = 3 };
// Found by what it says and carries, because another book may number it otherwise.
static const struct procedure {
    const char *name, *says; // a part of the English meaning
    enum reply reply;
    const char *parameters[PROCEDURE_PARAMETERS]; // it carries these
} procedures[] = {
    {"say-again", "send again", REPLY_PROCEDURE, {"line"}},
    {"not-understood", "not understood", REPLY_PROCEDURE, {"line"}},
    {"correct", "is corrected", REPLY_NONE, {"message", "about", "with"}},
    {"cancel", "is cancelled", REPLY_NONE, {"message"}},
    {"supersede", "takes the place of", REPLY_NONE, {"message"}},
    {"not-ours", "is not ours", REPLY_NONE, {"message"}},
    {"compromised", "is compromised", REPLY_NONE, {"key", "since"}},
};

static bool is_procedure(const struct book *book, const struct phrase *p,
                         const struct procedure *wanted)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    if (!is_of(p, 'P') || p->reply != wanted->reply ||
        !finding_text_holds(p->meaning, wanted->says))
        return false;
    for (size_t i = 0; i < PROCEDURE_PARAMETERS; i++)
        if (wanted->parameters[i] != NULL &&
            phrase_parameter(p, str_of(wanted->parameters[i])) == NULL)
            return false;
    for (size_t i = 0; i < desks->codes_count; i++)
        if ((p->desks >> i & 1u) == 0)
            return false;
    return p->precedence_max == PRECEDENCE_FLASH;
}

static void check_procedures(const struct book *book, struct finding_list *list)
{
    for (size_t w = 0; w < sizeof procedures / sizeof procedures[0]; w++) {
        bool found = false;
        for (size_t i = 0; i < book->phrases_count; i++)
            found = found || is_procedure(book, &book->phrases[i], &procedures[w]);
        if (!found)
            finding_add(list, FINDING_PROCEDURE, str_of(procedures[w].name), STR(""));
    }
}

// -- rule 12: the escape --------------------------------------------------------------------------

static bool requires(const struct phrase *p, const char *name, enum parameter_type type)
{
    const struct book_parameter *q = phrase_parameter(p, str_of(name));
    return q != NULL && q->required && q->type == type;
}

static void check_free_text(const struct book *book, struct finding_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < book->phrases_count; i++) {
        const struct phrase *p = &book->phrases[i];
        if (p->reply != REPLY_FREE_TEXT)
            continue;
        count++;
        if (!requires(p, "language", PARAMETER_LANGUAGE) ||
            !requires(p, "subject", PARAMETER_TABLE) || p->response != RESPONSE_ACKNOWLEDGE)
            finding_add(list, FINDING_FREE_TEXT_FORM, p->code, STR(""));
        if (count > 1)
            finding_add(list, FINDING_FREE_TEXT_COUNT, p->code, STR(""));
    }
    if (count == 0)
        finding_add(list, FINDING_FREE_TEXT_COUNT, STR("free-text"), STR(""));
}

void findings_duties(const struct book *book, struct finding_list *list)
{
    check_disclaimers(book, list);
    check_procedures(book, list);
    check_free_text(book, list);
}
