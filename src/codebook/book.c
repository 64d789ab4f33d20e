#include "codebook/book.h"

#include <stdlib.h>

// -- closed sets ----------------------------------------------------------------------------------

static const char *const precedences[] = {"ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"};
_Static_assert(sizeof precedences / sizeof precedences[0] == PRECEDENCE_COUNT, "one word each");
static const char *const responses[] = {"none", "acknowledge", "yes-no", "can-cannot", "value"};
_Static_assert(sizeof responses / sizeof responses[0] == RESPONSE_COUNT, "one word each");
static const char *const replies[] = {
    "none",   "received",      "stand-by",   "yes",   "no",        "will",     "can",
    "cannot", "not-competent", "no-comment", "value", "procedure", "free-text"};
_Static_assert(sizeof replies / sizeof replies[0] == REPLY_COUNT, "one word each");

static bool word_index(const char *const *words, size_t count, struct str word, size_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(word, str_of(words[i])))
            continue;
        *ret = i;
        return true;
    }
    return false;
}

const char *precedence_word(enum precedence p)
{
    CHECK(p < PRECEDENCE_COUNT);
    return precedences[p];
}
bool precedence_read(struct str word, enum precedence *ret)
{
    size_t i;
    if (!word_index(precedences, PRECEDENCE_COUNT, word, &i))
        return false;
    *ret = (enum precedence)i;
    return true;
}
const char *response_word(enum response r)
{
    CHECK(r < RESPONSE_COUNT);
    return responses[r];
}
bool response_read(struct str word, enum response *ret)
{
    size_t i;
    if (!word_index(responses, RESPONSE_COUNT, word, &i))
        return false;
    *ret = (enum response)i;
    return true;
}
const char *reply_word(enum reply r)
{
    CHECK(r < REPLY_COUNT);
    return replies[r];
}
bool reply_read(struct str word, enum reply *ret)
{
    size_t i;
    if (!word_index(replies, REPLY_COUNT, word, &i))
        return false;
    *ret = (enum reply)i;
    return true;
}

// -- finding --------------------------------------------------------------------------------------

bool phrase_code_ok(struct str code)
{
    if (code.len != PHRASE_CODE_CHARS)
        return false;
    bool letter = code.ptr[0] >= 'A' && code.ptr[0] <= 'Z';
    bool tens = code.ptr[1] >= '0' && code.ptr[1] <= '9';
    bool ones = code.ptr[2] >= '0' && code.ptr[2] <= '9';
    return letter && tens && ones;
}

const struct phrase *book_phrase(const struct book *book, struct str code)
{
    for (size_t i = 0; i < book->phrases_count; i++)
        if (str_eq(book->phrases[i].code, code))
            return &book->phrases[i];
    return NULL;
}

const struct book_table *book_table(const struct book *book, struct str name)
{
    for (size_t i = 0; i < book->tables_count; i++)
        if (str_eq(book->tables[i].name, name))
            return &book->tables[i];
    return NULL;
}

const struct book_code *book_table_code(const struct book_table *table, struct str code)
{
    for (size_t i = 0; i < table->codes_count; i++)
        if (str_eq(table->codes[i].code, code))
            return &table->codes[i];
    return NULL;
}

const struct book_parameter *phrase_parameter(const struct phrase *phrase, struct str name)
{
    for (size_t i = 0; i < phrase->parameters_count; i++)
        if (str_eq(phrase->parameters[i].name, name))
            return &phrase->parameters[i];
    return NULL;
}

bool book_desk_may_send(const struct book *book, const struct phrase *phrase, struct str desk)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    if (desks == NULL)
        return false;
    for (size_t i = 0; i < desks->codes_count && i < 32; i++)
        if ((phrase->desks >> i & 1u) != 0 && str_eq(desks->codes[i].code, desk))
            return true;
    return false;
}

// -- several versions side by side ----------------------------------------------------------------

const struct book *shelf_find(const struct shelf *shelf, const struct digest *hash)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (digest_eq(&shelf->books[i]->hash, hash))
            return shelf->books[i];
    return NULL;
}

bool shelf_put(struct shelf *shelf, const struct book *book, struct err *err)
{
    if (shelf_find(shelf, &book->hash) != NULL)
        return true;
    for (size_t i = 0; i < shelf->count; i++) {
        const struct book *other = shelf->books[i];
        CHECK(other != NULL);
        if (str_eq(other->name, book->name) && other->version == book->version)
            return err_set(err, ERR_CONFLICT, "DESIGN 6",
                           "codebook %.*s version %u is held with another hash",
                           STR_ARG(book->name), (unsigned)book->version);
    }
    if (shelf->count == SHELF_BOOKS_MAX)
        return err_set(err, ERR_LIMIT, "DESIGN 6", "more than %d codebooks", SHELF_BOOKS_MAX);
    shelf->books[shelf->count++] = book;
    return true;
}

bool book_name_ok(struct str name)
{
    if (name.len == 0 || name.len > 32 || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 1; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}
