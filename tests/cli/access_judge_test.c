#include "tests/cli/access_judge.h"

static struct pieces pieces;

static struct judged judged_text(const char *text)
{
    return judge(&pieces, str_bytes(str_of(text)));
}

TEST(what_is_read_is_found_in_every_spelling)
{
    pieces.count = 0;
    memset(pieces.first, 0, sizeof pieces.first);
    piece_add(&pieces, PIECE_KEY, "a key", bytes_of("\x01\xfeKEY-OCTETS", 12));
    piece_add(&pieces, PIECE_TEXT, "words", str_bytes(STR("MARKER-WORDS")));
    EXPECT(judged_text("nothing of it, MARKER-WORD").kinds == 0);
    EXPECT(judged_text("x MARKER-WORDS").kinds == PIECE_TEXT);
    EXPECT(judged_text("{\"key\":\"0001fe4b45592d4f4354455453000000000000\"}").kinds == PIECE_KEY);
    EXPECT(judged_text("{\"key\":\"001FE4B45592D4F43544554530000000000000\"}").kinds == PIECE_KEY);
    EXPECT(judged_text("Af5LRVktT0NURVRTAAAAAAAA").kinds == PIECE_KEY); // from its first octet
    EXPECT(judged_text("AAH-S0VZLU9DVEVUUwAAAAAA").kinds == PIECE_KEY); // for addresses, shifted
    EXPECT(judged_text("x: AAAB/ktF\nWS1PQ1RFVFMAAAAA").kinds == PIECE_KEY); // over two lines
    EXPECT(judge(&pieces, (struct bytes){0}).kinds == 0);
}

TEST(every_window_of_64_octets_of_an_age_file_is_found)
{
    uint8_t file[500];
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7 + i / 5);
    pieces.count = 0;
    memset(pieces.first, 0, sizeof pieces.first);
    piece_add_file(&pieces, "a file", bytes_of(file, sizeof file));
    for (size_t at = 0; at + 64 <= 480; at++)
        EXPECT(judge(&pieces, bytes_of(file + at, 64)).kinds == PIECE_CIPHERTEXT);
}
