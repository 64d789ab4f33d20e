// Source of the example key and note: C2SP signed-note v1.0.0, "Verifier keys".
#include "base/encode.h"
#include "tests/log/made.h"

static const char example_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char example_note[] =
    "This is an example message.\n\n"
    "\xE2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjO"
    "BH3mFXmRKuwHjG1Yu72IneyaQM=\n";

static struct bytes text_of(const char *s)
{
    return bytes_of(s, strlen(s));
}

static bool refused(const char *sent)
{
    struct note note;
    struct err err = {0};
    bool read = note_read(text_of(sent), &note, &err);
    return !read && err.kind != ERR_NONE;
}

TEST(the_example_key_of_the_specification_opens_its_note)
{
    struct note_key key;
    struct note note;
    uint64_t verified = 0;
    struct err err = {0};
    crypto_start();
    EXPECT_OK(note_key_read(str_of(example_vkey), &key, &err));
    EXPECT(key.id == 0x530d903a);
    EXPECT(key.type == NOTE_KEY_ED25519);
    EXPECT_OK(note_open(text_of(example_note), &key, 1, &note, &verified, &err));
    EXPECT(verified == 1);
    EXPECT(str_eq(note.text, STR("This is an example message.\n")));
}

TEST(every_changed_octet_of_the_example_note_is_refused)
{
    struct note_key key;
    struct note note;
    uint64_t verified;
    struct err err = {0};
    char changed[sizeof example_note];
    size_t size = sizeof example_note - 1;
    crypto_start();
    EXPECT_OK(note_key_read(str_of(example_vkey), &key, &err));
    for (size_t i = 0; i < size; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(changed, example_note, size);
            changed[i] = (char)((unsigned char)changed[i] ^ (1U << bit));
            err.kind = ERR_NONE;
            EXPECT(!note_open(bytes_of(changed, size), &key, 1, &note, &verified, &err));
            EXPECT(err.kind != ERR_NONE);
        }
    for (size_t cut = 0; cut < size; cut++)
        EXPECT(!note_open(bytes_of(example_note, cut), &key, 1, &note, &verified, &err));
}

TEST(a_key_written_is_the_key_read)
{
    char text[NOTE_VKEY_CHARS_MAX];
    struct note_key key;
    struct err err = {0};
    crypto_start();
    struct writer w = writer_of(text, sizeof text);
    EXPECT_OK(note_key_read(str_of(example_vkey), &key, &err));
    note_key_write(&key, &w);
    EXPECT(bytes_eq(writer_bytes(&w), text_of(example_vkey)));
}

TEST(a_key_of_an_ml_dsa_cosigner_is_read_and_kept)
{
    uint8_t octets[1 + 1312];
    char base64[BASE64_CHARS(sizeof octets) + 1], vkey[NOTE_VKEY_CHARS_MAX], id[16];
    struct note_key key;
    struct err err = {0};
    memset(octets, 7, sizeof octets);
    octets[0] = NOTE_KEY_MLDSA;
    base64_write(bytes_of(octets, sizeof octets), BASE64_PADDED, base64);
    uint32_t n = note_key_id(STR("w.example/pq"), 6, bytes_of(octets + 1, 1312));
    (void)snprintf(id, sizeof id, "%08x", (unsigned)n);
    (void)snprintf(vkey, sizeof vkey, "w.example/pq+%s+%s", id, base64);
    EXPECT_OK(note_key_read(str_of(vkey), &key, &err));
    EXPECT(key.type == NOTE_KEY_MLDSA);
    char text[NOTE_VKEY_CHARS_MAX];
    struct writer w = writer_of(text, sizeof text);
    note_key_write(&key, &w);
    EXPECT(bytes_eq(writer_bytes(&w), text_of(vkey)));
}

TEST(a_key_in_any_other_form_is_refused)
{
    static const struct {
        const char *vkey;
        enum err_kind kind;
    } wrong[] = {
        {"", ERR_MALFORMED},
        {"example.com/foo", ERR_MALFORMED},
        {"example.com/foo+", ERR_MALFORMED},
        {"example.com/foo+530d903a", ERR_MALFORMED},
        {"example.com/foo+530d903a+", ERR_MALFORMED},
        {"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_MALFORMED},
        {"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_MALFORMED},
        {"example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_MALFORMED},
        {"example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_MALFORMED},
        {"example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_MALFORMED},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=", ERR_MALFORMED},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", ERR_MALFORMED},
        {"example.com/foo+530d903a+ AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_MALFORMED},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv", ERR_MALFORMED},
        // type 0x02, and the key of all zeros but a one, which is of small order
        {"example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ERR_UNSUPPORTED},
        {"example.com/foo+530d903a+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ERR_DENIED},
    };
    struct note_key key = {.id = 1};
    struct err err = {0};
    crypto_start();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT_ERR(note_key_read(str_of(wrong[i].vkey), &key, &err), wrong[i].kind);
    EXPECT(key.id == 1); // outputs stay untouched on failure
}

TEST(a_name_holds_no_space_of_any_script_and_no_plus)
{
    static const char *const wrong[] = {"",
                                        "a b",
                                        "a+b",
                                        "a\tb",
                                        "a\xC2\xA0",
                                        "\xE1\x9A\x80",
                                        "\xE2\x80\x80",
                                        "\xE2\x80\x8A",
                                        "\xE2\x80\xAF",
                                        "\xE2\x81\x9F",
                                        "\xE3\x80\x80"};
    char longest[KEY_NAME_BYTES_MAX + 2];
    struct err err = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT_ERR(note_name_check(str_of(wrong[i]), &err), ERR_MALFORMED);
    memset(longest, 'a', sizeof longest);
    EXPECT_OK(note_name_check((struct str){longest, KEY_NAME_BYTES_MAX}, &err));
    EXPECT(!note_name_check((struct str){longest, KEY_NAME_BYTES_MAX + 1}, &err));
    EXPECT_OK(note_name_check(STR("el\xC3\xA7i.example/demo"), &err));
    EXPECT_OK(note_name_check(STR("\xE2\x80\x94"), &err)); // an em dash is no space
}

TEST(what_is_not_a_note_is_refused)
{
    static const char *const wrong[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n\n",
        "text\n\xE2\x80\x94 k AAAAAAA=\n",
        "text\n\n\xE2\x80\x94 k AAAAAAA=",         // no final line feed
        "text\n\n\xE2\x80\x94 k AAAAAA==\n",       // an id and nothing behind it
        "text\n\n\xE2\x80\x94 k AAAAAAB=\n",       // trailing bits
        "text\n\n\xE2\x80\x94 k AAAAAAA\n",        // no padding
        "text\n\n\xE2\x80\x94 k\n",                // no signature
        "text\n\n\xE2\x80\x94  AAAAAAA=\n",        // no name
        "text\n\n\xE2\x80\x94 k  AAAAAAA=\n",      // two spaces
        "text\n\n\xE2\x80\x94 k AAAAAAA= \n",      // a space behind
        "text\n\n- k AAAAAAA=\n",                  // another dash
        "text\n\n\xE2\x80\x94 k AAAAAAA=\nmore\n", // a line that is none
        "text\r\n\r\n\xE2\x80\x94 k AAAAAAA=\r\n", // CR
        "te\txt\n\n\xE2\x80\x94 k AAAAAAA=\n",     // a tab
        "te\xFFxt\n\n\xE2\x80\x94 k AAAAAAA=\n",   // not UTF-8
        "text\n\n\xE2\x80\x94 k+k AAAAAAA=\n",     // a plus
        "text\n\n\xE2\x80\x94 k AAAAAAA=\n\n",     // nothing behind the last empty line
    };
    EXPECT(!refused("text\n\n\xE2\x80\x94 k AAAAAAA=\n"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (!refused(wrong[i]))
            fail_msg("taken: %s", wrong[i]);
}

TEST(the_last_empty_line_parts_text_and_signatures)
{
    struct note note;
    struct err err = {0};
    EXPECT_OK(note_read(text_of("a\n\n\xE2\x80\x94 k AAAAAAA=\n\nb\n\n\xE2\x80\x94 k AAAAAAA=\n"),
                        &note, &err));
    EXPECT(str_eq(note.text, STR("a\n\n\xE2\x80\x94 k AAAAAAA=\n\nb\n")));
    EXPECT(note.signatures_count == 1);
    EXPECT_OK(note_read(text_of("\n\n\xE2\x80\x94 k AAAAAAA=\n"), &note, &err));
    EXPECT(str_eq(note.text, STR("\n")));
}

TEST(notes_have_at_least_16_and_at_most_64_signatures)
{
    char text[8192];
    for (size_t count = 15; count <= 66; count++) {
        struct note note;
        struct err err = {0};
        int len = snprintf(text, sizeof text, "text\n\n");
        for (size_t i = 0; i < count; i++)
            len += snprintf(text + len, sizeof text - (size_t)len, "\xE2\x80\x94 key%zu AAAAAAA=\n",
                            i);
        bool read = note_read(bytes_of(text, (size_t)len), &note, &err);
        EXPECT(read == (count <= NOTE_SIGNATURES_MAX));
        EXPECT(read || err.kind == ERR_LIMIT);
    }
}

TEST(a_note_above_its_bound_is_refused_by_its_size)
{
    static uint8_t octets[NOTE_BYTES_MAX + 1];
    struct note note;
    struct err err = {0};
    memset(octets, 'a', sizeof octets);
    EXPECT_ERR(note_read(bytes_of(octets, sizeof octets), &note, &err), ERR_LIMIT);
}

// Three keys: one of a log, one unknown, one of the log's name with another id.
TEST(unknown_signatures_are_ignored_and_a_known_one_that_fails_condemns_the_note)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct made_key other = made_key("xa.example/demo", NOTE_KEY_ED25519, 2);
    struct str text = STR("a text\n");
    struct note note;
    uint64_t verified = 0;
    struct err err = {0};
    uint8_t octets[2048];
    struct writer w = writer_of(octets, sizeof octets);
    note_sign(text, &other.key, &other.seed, &w);
    struct signature s;
    sign_message(&log.seed, str_bytes(text), &s);
    note_signature_line(&log.key, bytes_of(s.octets, sizeof s.octets), &w);
    EXPECT_OK(note_open(writer_bytes(&w), &log.key, 1, &note, &verified, &err));
    EXPECT(verified == 2);
    EXPECT(note.signatures_count == 2);
    const struct note_key both[2] = {log.key, other.key};
    EXPECT_OK(note_open(writer_bytes(&w), both, 2, &note, &verified, &err));
    EXPECT(verified == 3);
    struct made_key third = made_key("xb.example/demo", NOTE_KEY_ED25519, 3);
    EXPECT_ERR(note_open(writer_bytes(&w), &third.key, 1, &note, &verified, &err), ERR_TAMPERED);
    EXPECT_ERR(note_open(writer_bytes(&w), NULL, 0, &note, &verified, &err), ERR_TAMPERED);

    // The known key's line fails while another known line stands: the note is refused.
    s.octets[5] ^= 1;
    w.len = 0;
    note_sign(text, &other.key, &other.seed, &w);
    note_signature_line(&log.key, bytes_of(s.octets, sizeof s.octets), &w);
    EXPECT_ERR(note_open(writer_bytes(&w), both, 2, &note, &verified, &err), ERR_TAMPERED);
    // To who knows only the other key, the failing line is an unknown one.
    EXPECT_OK(note_open(writer_bytes(&w), &other.key, 1, &note, &verified, &err));
}

TEST(of_two_lines_by_one_key_the_first_counts_and_both_are_written_back)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct note note;
    uint64_t verified = 0;
    struct err err = {0};
    uint8_t octets[1024], again[1024];
    struct signature wrong = {{9}};
    struct writer w = writer_of(octets, sizeof octets);
    note_sign(STR("a text\n"), &log.key, &log.seed, &w);
    note_signature_line(&log.key, bytes_of(wrong.octets, sizeof wrong.octets), &w);
    EXPECT_OK(note_open(writer_bytes(&w), &log.key, 1, &note, &verified, &err));
    EXPECT(verified == 1);
    EXPECT(note.signatures[1].repeated);
    struct writer back = writer_of(again, sizeof again);
    note_write(&note, &back);
    EXPECT(bytes_eq(writer_bytes(&back), writer_bytes(&w)));
    // The other way round the first line fails, and with it the note.
    w.len = 0;
    note_assemble(STR("a text\n"), &log.key, &wrong, &w);
    struct signature s;
    sign_message(&log.seed, str_bytes(STR("a text\n")), &s);
    note_signature_line(&log.key, bytes_of(s.octets, sizeof s.octets), &w);
    EXPECT_ERR(note_open(writer_bytes(&w), &log.key, 1, &note, &verified, &err), ERR_TAMPERED);
}

TEST(a_line_made_from_the_keepers_64_octets_is_the_line_of_one_who_holds_the_seed)
{
    struct made_key key = made_key("xa.example/demo/technical", NOTE_KEY_ED25519, 4);
    uint8_t one[512], two[512];
    struct signature s;
    struct writer a = writer_of(one, sizeof one), b = writer_of(two, sizeof two);
    note_sign(STR("words\n"), &key.key, &key.seed, &a);
    sign_message(&key.seed, str_bytes(STR("words\n")), &s);
    note_assemble(STR("words\n"), &key.key, &s, &b);
    EXPECT(bytes_eq(writer_bytes(&a), writer_bytes(&b)));
}

TEST(letters_above_ascii_are_no_base64)
{
    // libsodium 1.0.18 reads the two octets of U+00F1 as "C1"
    EXPECT(refused("text\n\n\xE2\x80\x94 k AAAA\xC3\xB1"
                   "A=\n"));
    EXPECT(refused("text\n\n\xE2\x80\x94 k AAAA\xC3\x81"
                   "A=\n"));
    EXPECT(!refused("text\n\n\xE2\x80\x94 k AAAAC1A=\n"));
}
