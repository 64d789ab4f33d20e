// Rules 6, 7, 13, 15 and 18: parameters, lines, lists with a way out, the spoken form, the size.
#include "codebook/findings.h"
#include "codebook/spoken.h"

// -- rules 6 and 7: parameters and lines ----------------------------------------------------------

static void check_parameter(const struct book *book, const struct phrase *p,
                            const struct book_parameter *q, struct finding_list *list)
{
    const struct book_table *same = book_table(book, q->name);
    const struct book_table *labels = book_table(book, STR("parameter"));
    if (same != NULL && q->table != same)
        finding_add(list, FINDING_NOT_ITS_TABLE, p->code, q->name);
    if (labels == NULL || book_table_code(labels, q->name) == NULL)
        finding_add(list, FINDING_NO_LABEL, p->code, q->name);
    if (str_eq(q->name, STR("about")) && q->type == PARAMETER_LINE) {
        const struct book_parameter *message = phrase_parameter(p, STR("message"));
        if (message == NULL || message->type != PARAMETER_REFERENCE || !message->required)
            finding_add(list, FINDING_LINE_NOWHERE, p->code, q->name);
    }
}

// -- rule 13: lists with a way out ----------------------------------------------------------------

// Closed by what they are: scales, marks of others' making, keys and desks that exist or not, the
// alphabet. Every other list may be incomplete.
static bool is_closed(struct str table)
{
    static const char *const closed[] = {"desk", "severity", "confidence", "tlp",
                                         "pap",  "channel",  "stage",      "rank",
                                         "form", "key",      "parameter",  "alphabet"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (str_eq(table, str_of(closed[i])))
            return true;
    return false;
}

static void check_tables(const struct book *book, struct finding_list *list)
{
    static const char *const ways_out[] = {"other", "unspecified", "unknown", "undetermined"};
    for (size_t t = 0; t < book->tables_count; t++) {
        const struct book_table *table = &book->tables[t];
        bool out = is_closed(table->name);
        for (size_t i = 0; i < sizeof ways_out / sizeof ways_out[0]; i++)
            out = out || book_table_code(table, str_of(ways_out[i])) != NULL;
        if (!out)
            finding_add(list, FINDING_NO_OTHER, table->name, STR(""));
    }
    const struct book_table *subject = book_table(book, STR("subject"));
    if (subject == NULL || book_table_code(subject, STR("other")) == NULL)
        finding_add(list, FINDING_NO_OTHER, STR("subject"), STR("other"));
}

void findings_data(const struct book *book, struct finding_list *list)
{
    enum { PHRASES_MIN = 60, PHRASES_MAX = 120 }; // rule 18
    for (size_t i = 0; i < book->phrases_count; i++)
        for (size_t q = 0; q < book->phrases[i].parameters_count; q++)
            check_parameter(book, &book->phrases[i], &book->phrases[i].parameters[q], list);
    check_tables(book, list);
    if (book->phrases_count < PHRASES_MIN || book->phrases_count > PHRASES_MAX)
        finding_add(list, FINDING_SIZE, book->name, STR(""));
}

// -- rule 15: the spoken form ---------------------------------------------------------------------

// A line with everything the phrase may carry.
static struct phrase_line full_line(const struct phrase *p)
{
    struct phrase_line line = {.number = 1, .code = p->code};
    for (size_t i = 0; i < p->parameters_count; i++) {
        const struct book_parameter *q = &p->parameters[i];
        struct phrase_parameter *to = &line.parameters[line.parameters_count++];
        to->name = q->name;
        to->value =
            q->table != NULL ? q->table->codes[0].code : str_of(parameter_type_example(q->type));
    }
    return line;
}

void findings_spoken(const struct book *book, struct finding_list *list)
{
    enum { SPOKEN_ROOM = 1 << 18 }; // heading, one line, closing: 93 blocks
    for (size_t i = 0; i < book->phrases_count; i++) {
        struct arena scratch;
        struct spoken spoken;
        struct err why = {0};
        struct phrase_line line = full_line(&book->phrases[i]);
        struct spoken_message message = {.book = book, .lines = &line, .lines_count = 1};
        arena_init(&scratch, SPOKEN_ROOM);
        bool said = spoken_write(&message, &scratch, &spoken, &why);
        arena_release(&scratch);
        if (!said)
            finding_add(list, FINDING_UNSPEAKABLE, line.code, STR(""));
    }
}
