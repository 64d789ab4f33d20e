// The written forms of names, references and handling: one form per value.
#include "record/address.h"
#include "tests/test.h"

TEST(a_state_code_is_two_to_eight_capitals_or_digits_and_starts_with_a_letter)
{
    struct state_code s;
    EXPECT(state_code_read(STR("XA"), &s));
    EXPECT(strcmp(s.text, "XA") == 0);
    EXPECT(state_code_read(STR("X1ABCDE8"), &s));
    static const char *const refused[] = {"", "X", "1X", "xa", "XABCDEFGH", "X A", "X/A", "XA\n"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        EXPECT(!state_code_read(str_of(refused[i]), &s));
}
TEST(an_address_names_a_state_and_perhaps_one_of_four_desks)
{
    static const char *const good[] = {"XA", "XA/technical", "XB/diplomatic", "XC/judicial",
                                       "XABCDEFG/coordination"};
    char text[ADDRESS_CHARS_MAX + 1];
    struct address at;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        EXPECT(address_read(str_of(good[i]), &at));
        address_write(&at, text);
        EXPECT(strcmp(text, good[i]) == 0);
    }
    static const char *const refused[] = {
        "", "/technical", "XA/", "XA/node", "XA/Technical", "XA/technical/", "XA technical", "all"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        EXPECT(!address_read(str_of(refused[i]), &at));
}
TEST(a_reference_has_exactly_one_written_form)
{
    static const char *const good[] = {"XA/XB-2026-0012",    "XA-2026-0012",
                                       "XA/XB-2026-12345",   "XA/XB-1970-0001",
                                       "XA-9999-2147483647", "XABCDEFG/XBCDEFGH-2026-2147483647"};
    char text[REF_CHARS_MAX + 1];
    struct ref ref;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        EXPECT(ref_read(str_of(good[i]), &ref));
        ref_write(&ref, text);
        EXPECT(strcmp(text, good[i]) == 0);
    }
    static const char *const refused[] = {"",
                                          "XA/XB-2026-012",
                                          "XA/XB-2026-00012",
                                          "XA/XB-2026-0000",
                                          "XA/XB-2026-2147483648",
                                          "XA/XB-26-0012",
                                          "XA/XB-02026-0012",
                                          "XA/XB-1969-0012",
                                          "XA/XB-2026-0012 ",
                                          "XA/-2026-0012",
                                          "/XB-2026-0012",
                                          "XA/XB/XC-2026-0012",
                                          "XA/XB-2026",
                                          "XA/XB-2026-",
                                          "XA/XB-2026-0012-1",
                                          "XA/XB-2026-+012",
                                          "xa/XB-2026-0012",
                                          "XA/technical-2026-0012",
                                          "XA/XB-2026-99999999999"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        EXPECT(!ref_read(str_of(refused[i]), &ref));
}
TEST(the_year_does_not_make_another_number)
{
    struct ref a, b, c;
    EXPECT(ref_read(STR("XA/XB-2026-0012"), &a));
    EXPECT(ref_read(STR("XA/XB-2027-0012"), &b));
    EXPECT(ref_read(STR("XA-2026-0012"), &c));
    EXPECT(ref_same_serial(&a, &b));
    EXPECT(!ref_eq(&a, &b));
    EXPECT(!ref_same_serial(&a, &c)); // open and sealed are two series
    EXPECT(ref_is_open(&c) && !ref_is_open(&a));
}
TEST(a_named_record_carries_the_hash_of_its_note)
{
    static const char good[] =
        "XA/XB-2026-0012 "
        "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    char text[NAMED_RECORD_CHARS_MAX + 1];
    struct named_record n;
    EXPECT(named_record_read(str_of(good), &n));
    named_record_write(&n, text);
    EXPECT(strcmp(text, good) == 0);
    EXPECT(!named_record_read(STR("XA/XB-2026-0012"), &n));
    EXPECT(!named_record_read(STR("XA/XB-2026-0012 unknown"), &n));
}
TEST(handling_words_are_closed_sets)
{
    enum tlp tlp;
    enum precedence precedence;
    EXPECT(tlp_read(STR("AMBER+STRICT"), &tlp) && tlp == TLP_AMBER_STRICT);
    EXPECT(!tlp_read(STR("WHITE"), &tlp));
    EXPECT(!tlp_read(STR("amber"), &tlp));
    EXPECT(!tlp_read(STR(""), &tlp));
    EXPECT(precedence_read(STR("FLASH"), &precedence));
    EXPECT(!precedence_read(STR("URGENT"), &precedence));
}
TEST(a_marking_is_a_code_of_one_states_table)
{
    char text[MARKING_CHARS_MAX + 1];
    struct marking m;
    EXPECT(marking_read(STR("XA:INTERNAL-2"), &m));
    marking_write(&m, text);
    EXPECT(strcmp(text, "XA:INTERNAL-2") == 0);
    EXPECT(marking_read(STR("XABCDEFG:ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"), &m));
    static const char *const refused[] = {
        "XA", "XA:", ":A", "XA:a", "XA:A B", "XA:A:B", "XA:ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        EXPECT(!marking_read(str_of(refused[i]), &m));
}
TEST(a_language_tag_has_its_canonical_letters)
{
    static const char *const good[] = {"en", "uz-Latn", "zh-Hans-CN", "es-419", "pt-BR", "kaa"};
    static const char *const refused[] = {"",        "e",          "EN",     "en-us",
                                          "uz-latn", "en-",        "en--US", "en-US-x",
                                          "english", "zh-CN-Hans", "en-12",  "-en"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        EXPECT(language_is_tag(str_of(good[i])));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        EXPECT(!language_is_tag(str_of(refused[i])));
}
