// cli/cmd_find.c - from words, in any of the languages, to the phrase that is meant.
#include "cli/commands.h"
#include "cli/layout.h"
#include "codebook/find.h"

#include <stdio.h>

// The phrase as a sentence in the reader's language, else in English, else its reference.
static bool sentence_of(struct cli *cli, const struct layout *l, const struct book *book,
                        const struct phrase *p, struct str *ret, struct err *err)
{
    const struct str languages[] = {str_of(command_language(cli)), STR("en")};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        const struct rendering *r = codebook_rendering(&l->codebook, book, languages[i]);
        const struct str *pattern = r == NULL ? NULL : rendering_phrase(r, p->code);
        if (pattern != NULL)
            return find_sentence(*pattern, &cli->arena, ret, err);
    }
    *ret = p->meaning;
    return true;
}

static bool join_words(struct cli *cli, struct str *ret, struct err *err)
{
    struct buffer b;
    struct str typed;
    buffer_init(&b, &cli->arena, (size_t)2 * FIND_QUERY_BYTES_MAX);
    for (size_t i = 0; i < cli->arguments_count; i++) {
        buffer_str(&b, i == 0 ? STR("") : STR(" "));
        buffer_str(&b, str_of(cli->arguments[i]));
    }
    if (!buffer_take_str(&b, &typed, err))
        return err_wrap(err, "a few words are enough to find a phrase");
    return text_check_line(str_bytes(typed), ret, err);
}

static void say_found(const struct found *f, struct str sentence, const char *language)
{
    say("%s%.*s%s  %.*s\n", style_bold(), STR_ARG(f->phrase->code), style_plain(),
        STR_ARG(sentence));
    if (f->reason == FIND_CODE)
        return;
    if (f->language.len == 0 || str_eq(f->language, str_of(language)))
        say("     %s: %.*s\n", find_reason_word(f->reason), STR_ARG(f->matched));
    else
        say("     %s (%.*s): %.*s\n", find_reason_word(f->reason), STR_ARG(f->language),
            STR_ARG(f->matched));
}

static bool tell(struct cli *cli, const struct layout *l, struct str query, const struct found *all,
                 size_t count, struct err *err)
{
    json_t *rows = json_array();
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        struct str sentence;
        const struct found *f = &all[i];
        done = sentence_of(cli, l, l->codebook.current, f->phrase, &sentence, err);
        if (done && !command_json(cli))
            say_found(f, sentence, command_language(cli));
        if (done)
            (void)json_array_append_new(
                rows,
                json_pack("{s:o,s:o,s:s,s:o,s:o}", "code", json_str(f->phrase->code), "text",
                          json_str(sentence), "reason", find_reason_word(f->reason), "matched",
                          json_str(f->matched), "language", json_str(f->language)));
    }
    if (done && command_json(cli))
        done = say_json(json_pack("{s:o,s:O}", "query", json_str(query), "found", rows), err);
    json_decref(rows);
    return done;
}

bool cmd_codebook_find(struct cli *cli, struct err *err)
{
    struct layout *l = memory_new(1, sizeof *l);
    struct find_index *index = NULL;
    struct found all[FIND_FOUND_MAX];
    struct str query;
    size_t count = 0;
    bool only = option_given(cli, OPTION_LANG);
    bool done = join_words(cli, &query, err) && layout_open(cli, NULL, l, err) &&
                find_open(&l->codebook, l->codebook.current, str_of(command_language(cli)), only,
                          &cli->arena, &index, err) &&
                find_phrases(index, query, all, &count, err) &&
                tell(cli, l, query, all, count, err);
    find_close(index);
    memory_release(l);
    if (done && count == 0)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "nothing is found for these words; try fewer or others%s, or `elchi "
                       "codebook list` for all",
                       only ? ", leave out --lang" : "");
    return done;
}
