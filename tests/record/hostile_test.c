// Every hostile file is refused for the reason in its name: PARSER.KIND.what-it-is.
#include "record/approval.h"
#include "record/body.h"
#include "tests/record/made.h"

#include <dirent.h>

enum { ROOM = 8 << 20 };
static const char folder[] = "tests/hostile/record";

static bool parse(struct arena *a, struct str parser, struct bytes sent, struct err *err)
{
    struct str text = {(const char *)sent.ptr, sent.len};
    struct record record;
    struct verified_record verified;
    struct entry entry;
    struct sealed_body body;
    struct approval approval;
    struct order order;
    if (str_eq(parser, STR("record")))
        return record_read(a, sent, &record, err);
    if (str_eq(parser, STR("note")))
        return record_open(a, sent, &made_keys, made_place("xa.example/demo", 7), &verified, err);
    if (str_eq(parser, STR("entry")))
        return entry_read(sent, &entry, err);
    if (str_eq(parser, STR("body")))
        return sealed_body_read(sent, &body, err);
    if (str_eq(parser, STR("approval")))
        return approval_read(text, &approval, err);
    EXPECT(str_eq(parser, STR("order")));
    return order_read(text, &order, err);
}
static void expect_refused(struct arena *a, const char *name)
{
    struct err err = {0};
    struct str rest = str_of(name), parser = {"", 0}, kind = {"", 0}, path;
    const char *word;
    enum err_kind wanted;
    EXPECT(str_split(&rest, '.', &parser) && str_split(&rest, '.', &kind));
    EXPECT_OK(arena_cstr(a, kind, &word, &err));
    EXPECT(err_kind_from_word(word, &wanted));
    EXPECT_OK(arena_fmt(a, &path, &err, "%s/%s", folder, name));
    struct bytes sent = test_file(a, path.ptr);
    if (parse(a, parser, sent, &err))
        fail_msg("%s was accepted", name);
    if (err.kind != wanted)
        fail_msg("%s: %s: %s", name, err_kind_word(err.kind), err.text);
    EXPECT(err.text[0] != '\0' && strchr(err.text, '\n') == NULL);
}
TEST(every_hostile_file_is_refused_for_the_reason_in_its_name)
{
    size_t count = 0;
    DIR *d = opendir(folder);
    EXPECT(d != NULL);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct arena a;
        if (e->d_name[0] == '.')
            continue;
        arena_init(&a, ROOM);
        expect_refused(&a, e->d_name);
        arena_release(&a);
        count++;
    }
    closedir(d);
    EXPECT(count >= 60);
}
