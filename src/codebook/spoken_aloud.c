#include "codebook/spoken_aloud.h"

#include "codebook/pattern.h"
#include "codebook/render_value.h"

#include <stdio.h>

#define CLAUSE "docs/spoken.md, reading aloud"

// -- one block ------------------------------------------------------------------------------------

void spoken_shown(const struct spoken_block *block, char ret_text[SPOKEN_SHOWN_CHARS])
{
    size_t at = 0;
    for (size_t i = 0; block->text[i] != '\0'; i++) {
        if (i > 0 && i % SPOKEN_GROUP_CHARS == 0)
            ret_text[at++] = ' ';
        ret_text[at++] = block->text[i];
        CHECK(at < SPOKEN_SHOWN_CHARS);
    }
    ret_text[at] = '\0';
}

static struct str word_of(const struct render_with *with, const char *symbol)
{
    struct str code = {symbol, 1};
    const struct str *word = NULL;
    if (with->language != NULL)
        word = rendering_code(with->language, STR("alphabet"), code);
    if (word == NULL && with->english != NULL)
        word = rendering_code(with->english, STR("alphabet"), code);
    return word == NULL ? code : *word;
}

bool spoken_words(const struct render_with *with, const struct spoken_block *block, struct arena *a,
                  struct str *ret, struct err *err)
{
    struct buffer to;
    buffer_init(&to, a, 4096);
    for (size_t i = 0; block->text[i] != '\0'; i++) {
        if (i > 0)
            buffer_str(&to, i % SPOKEN_GROUP_CHARS == 0 ? STR(" / ") : STR(" "));
        buffer_str(&to, word_of(with, &block->text[i]));
    }
    return buffer_take_str(&to, ret, err);
}

// -- reading aloud --------------------------------------------------------------------------------

struct reading {
    const struct render_with *with;
    struct arena *arena;
    struct buffer to;
    struct err *err;
};

static bool is_rtl(const struct render_with *with)
{
    return with->language != NULL && with->language->right_to_left;
}

static void put_line(struct reading *r, struct str text)
{
    buffer_str(&r->to, text);
    buffer_str(&r->to, STR("\n"));
}

static bool put_string(struct reading *r, enum rendering_string which,
                       const struct pattern_value *values, size_t count)
{
    struct str text;
    if (!render_string(r->with, which, values, count, r->arena, &text, r->err))
        return false;
    put_line(r, text);
    return true;
}

// A value of another direction than the sentence keeps to itself.
static bool isolated(struct reading *r, const char *text, struct str *ret)
{
    struct str copy;
    return arena_str(r->arena, str_of(text), &copy, r->err) &&
           render_isolated(is_rtl(r->with), copy, r->arena, ret, r->err);
}

static bool put_block(struct reading *r, const struct spoken_block *block)
{
    struct pattern_value v[3] = {
        {.name = STR("line")}, {.name = STR("block")}, {.name = STR("count")}};
    char name[3], shown[SPOKEN_SHOWN_CHARS];
    struct str groups, words;
    spoken_line_name(block->line, name);
    spoken_shown(block, shown);
    if (!isolated(r, name, &v[0].text) ||
        !render_count(r->with, block->number, r->arena, &v[1].text, r->err) ||
        !render_count(r->with, block->count, r->arena, &v[2].text, r->err) ||
        !isolated(r, shown, &groups) || !spoken_words(r->with, block, r->arena, &words, r->err))
        return false;
    put_line(r, STR(""));
    if (!put_string(r, RENDERING_VOICE_BLOCK, v, 3))
        return false;
    put_line(r, groups);
    put_line(r, words);
    return true;
}

static bool put_groups(struct reading *r, const struct spoken *s)
{
    char digits[SPOKEN_GROUPS * (SPOKEN_GROUP_DIGITS + 1) + 1];
    struct pattern_value v = {.name = STR("groups")};
    size_t at = 0;
    for (size_t i = 0; i < SPOKEN_GROUPS; i++)
        at += (size_t)snprintf(digits + at, sizeof digits - at, i == 0 ? "%05u" : " %05u",
                               (unsigned)s->groups[i]);
    return isolated(r, digits, &v.text) && put_string(r, RENDERING_VOICE_GROUPS, &v, 1);
}

static bool put_title(struct reading *r, const struct spoken_heading *h)
{
    struct pattern_value v[3] = {{.name = STR("ref")}, {.name = STR("from")}, {.name = STR("to")}};
    bool rtl = is_rtl(r->with);
    if (!h->of_record)
        return put_string(r, RENDERING_VOICE_LINES, NULL, 0);
    return render_isolated(rtl, h->ref, r->arena, &v[0].text, r->err) &&
           render_isolated(rtl, h->from, r->arena, &v[1].text, r->err) &&
           render_isolated(rtl, h->to, r->arena, &v[2].text, r->err) &&
           put_string(r, RENDERING_VOICE_TITLE, v, 3);
}

bool spoken_aloud(const struct render_with *with, const struct spoken *spoken, struct arena *a,
                  struct str *ret, struct err *err)
{
    struct reading r = {.with = with, .arena = a, .err = err};
    struct pattern_value count = {.name = STR("count"), .number = (double)spoken->count};
    buffer_init(&r.to, a, a->limit);
    if (!put_title(&r, &spoken->heading) || !render_count(with, spoken->count, a, &count.text, err))
        return false;
    if (spoken->heading.exercise && !put_string(&r, RENDERING_EXERCISE, NULL, 0))
        return false;
    if (!put_string(&r, RENDERING_VOICE_BEGIN, &count, 1) ||
        !put_string(&r, RENDERING_VOICE_READ, NULL, 0))
        return false;
    for (size_t i = 0; i < spoken->count; i++)
        if (!put_block(&r, &spoken->blocks[i]))
            return false;
    put_line(&r, STR(""));
    if (spoken->of_record && !put_groups(&r, spoken))
        return false;
    if (spoken->heading.more && !put_string(&r, RENDERING_VOICE_LEFT_OUT, NULL, 0))
        return false;
    if (!put_string(&r, RENDERING_VOICE_END, NULL, 0) ||
        !put_string(&r, RENDERING_VOICE_UNPROVEN, NULL, 0))
        return false;
    return buffer_take_str(&r.to, ret, err);
}

// -- asking again ---------------------------------------------------------------------------------

static bool put_again(struct reading *r, const struct heard_problem *p)
{
    struct pattern_value v[3] = {
        {.name = STR("line")}, {.name = STR("has-block")}, {.name = STR("block")}};
    char name[3];
    spoken_line_name(p->line, name);
    v[1].text = p->block > 0 ? STR("yes") : STR("no");
    return isolated(r, name, &v[0].text) &&
           render_count(r->with, p->block, r->arena, &v[2].text, r->err) &&
           put_string(r, RENDERING_VOICE_AGAIN, v, 3);
}

bool spoken_again(const struct render_with *with, const struct heard *heard, struct arena *a,
                  struct str *ret, struct err *err)
{
    struct reading r = {.with = with, .arena = a, .err = err};
    buffer_init(&r.to, a, a->limit);
    for (size_t i = 0; i < heard->problems_count; i++) {
        const struct heard_problem *p = &heard->problems[i];
        bool ask = p->line <= SPOKEN_CLOSING && p->kind != HEARD_NOT_COUNTED;
        if (ask && !put_again(&r, p))
            return false;
    }
    return buffer_take_str(&r.to, ret, err);
}

// -- SMS ------------------------------------------------------------------------------------------

static size_t digits_of(size_t n)
{
    size_t digits = 1;
    for (; n >= 10; n /= 10)
        digits++;
    return digits;
}

// How many blocks from `at` on fit in one message.
static size_t fits(const struct spoken *s, size_t at, size_t room)
{
    size_t used = 0, count = 0;
    for (; at + count < s->count; count++) {
        used += strlen(s->blocks[at + count].text) + 1;
        if (used > room)
            break;
    }
    CHECK(at == s->count || count > 0);
    return count;
}

static size_t messages_in(const struct spoken *s, size_t room)
{
    size_t count = 0;
    for (size_t at = 0; at < s->count; count++)
        at += fits(s, at, room);
    return count;
}

bool spoken_sms(const struct spoken *spoken, struct arena *a, const struct str **ret,
                size_t *ret_count, struct err *err)
{
    struct str ref = spoken->of_record ? spoken->heading.ref : STR(SPOKEN_NO_REF);
    size_t digits = 0, count = 0, room = 0;
    CHECK(ref.len <= parameter_type_bytes_max(PARAMETER_REFERENCE));
    // The head grows with the number of messages, and they with it: the first width that is enough.
    do {
        digits++;
        room = SPOKEN_SMS_CHARS_MAX - (ref.len + 1 + digits + 1 + digits + 1);
        count = messages_in(spoken, room);
    } while (digits_of(count) > digits);
    struct str *messages = arena_new(a, struct str, count);
    if (messages == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for the messages");
    for (size_t n = 0, at = 0; n < count; n++) {
        struct buffer to;
        buffer_init(&to, a, (size_t)2 * SPOKEN_SMS_CHARS_MAX);
        buffer_fmt(&to, "%.*s %zu/%zu:", STR_ARG(ref), n + 1, count);
        for (size_t left = fits(spoken, at, room); left > 0; left--)
            buffer_fmt(&to, "%s=", spoken->blocks[at++].text);
        if (!buffer_take_str(&to, &messages[n], err))
            return false;
        CHECK(messages[n].len <= SPOKEN_SMS_CHARS_MAX);
    }
    *ret = messages;
    *ret_count = count;
    return true;
}
