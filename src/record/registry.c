// record/registry.c - the rows.
#include "record/registry.h"

#include "record/keys.h"
#include "record/type/message.h"
#include "record/type/receipt.h"
#include "record/type/vouch.h"
#include "record/type/withdraw.h"

static const struct record_type *const types[] = {
    &record_type_keys,  &record_type_message,  &record_type_receipt,
    &record_type_vouch, &record_type_withdraw,
};
enum { TYPES_COUNT = sizeof types / sizeof types[0] };

const struct record_type *record_type_find(struct str name)
{
    for (size_t i = 0; i < TYPES_COUNT; i++)
        if (str_eq(name, str_of(types[i]->name)))
            return types[i];
    return NULL;
}
const struct record_type *record_type_at(size_t index)
{
    return index < TYPES_COUNT ? types[index] : NULL;
}
