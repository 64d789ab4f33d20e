// record/voice.h - a message as it is spoken: from a record to blocks, and from what was heard back
// to the record that came.
//
// Holds: which fields of a record the heading of the spoken form carries.
// Knows nothing of: blocks, languages. Text, attachments, `circular` and `seen` are not spoken.
// Source: DESIGN section 6 (voice, fax, SMS); codebook/spoken.h.
#ifndef RECORD_VOICE_H
#define RECORD_VOICE_H
#include "codebook/spoken.h"
#include "record/record.h"

// The spoken form of a whole record, `note` being the hash of its note. Lives in `a`.
//   errors  ERR_UNSUPPORTED  not a message: only phrases are spoken
//           ERR_CONFLICT     the book is not the one the message names
//           as spoken_write
bool record_speak(const struct record *record, const struct digest *note, const struct book *book,
                  struct arena *a, struct spoken *ret, struct err *err) MUST_USE;

// Is this the record that was heard?
//   errors  ERR_CONFLICT with the first difference; as record_speak
bool record_is_heard(const struct record *record, const struct digest *note,
                     const struct book *book, const struct heard *heard, struct arena *a,
                     struct err *err) MUST_USE;
#endif
