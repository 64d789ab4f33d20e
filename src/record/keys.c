#include "record/keys.h"

static const char clause[] = "FORMATS 2";

struct digest keys_text_hash(struct str text)
{
    return digest_of(str_bytes(text));
}

struct digest keys_root_hash(const struct note_key *root)
{
    uint8_t storage[NOTE_VKEY_CHARS_MAX];
    struct writer w = writer_of(storage, sizeof storage);
    note_key_write(root, &w);
    CHECK(!w.full);
    return digest_of(writer_bytes(&w));
}

// -- the note ----------------------------------------------------------------------------------

bool keys_note_read(struct bytes sent, struct note *ret_note, struct keys_record *ret,
                    struct err *err)
{
    struct note note;
    struct keys_record record;
    if (!note_read(sent, &note, err) || !keys_record_read(note.text, &record, err))
        return false;
    if (note.signatures_count > MANIFEST_SIGNATURES_MAX)
        return err_set(err, ERR_LIMIT, clause, "a key manifest with %zu signature lines",
                       note.signatures_count);
    for (size_t i = 0; i < note.signatures_count; i++) {
        const struct note_signature *line = &note.signatures[i];
        if (!str_eq(line->name, record.roots[0].name)) // every root has the same name
            return err_set(err, ERR_MALFORMED, clause, "signature line %zu is not by a root",
                           i + 1);
        if (i > 0 && line->id <= note.signatures[i - 1].id)
            return err_set(err, ERR_MALFORMED, clause,
                           "signature lines are not in the order of key ids, each once");
    }
    *ret_note = note;
    *ret = record;
    return true;
}

bool keys_note_write(struct str text, const struct note_signature *lines, size_t count,
                     struct arena *a, struct bytes *ret, struct err *err)
{
    const struct note_signature *sorted[MANIFEST_SIGNATURES_MAX];
    size_t room = text.len + 1;
    if (count == 0 || count > MANIFEST_SIGNATURES_MAX)
        return err_set(err, ERR_LIMIT, clause, "%zu root signatures; 1 to %d are allowed", count,
                       MANIFEST_SIGNATURES_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1]->id > lines[i].id; at--)
            sorted[at] = sorted[at - 1];
        if (at > 0 && sorted[at - 1]->id == lines[i].id)
            return err_set(err, ERR_CONFLICT, clause, "one root signed twice");
        sorted[at] = &lines[i];
        room += lines[i].name.len + lines[i].base64.len + 16; // dash, spaces and LF are 6 octets
    }
    uint8_t *storage = arena_new(a, uint8_t, room);
    if (storage == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for a key manifest");
    struct writer w = writer_of(storage, room);
    writer_put(&w, str_bytes(text));
    writer_put(&w, bytes_of("\n", 1));
    for (size_t i = 0; i < count; i++)
        note_line_write(sorted[i], &w);
    CHECK(!w.full);
    *ret = writer_bytes(&w);
    return true;
}
