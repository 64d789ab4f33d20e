#include "base/json.h"

bool json_read(struct bytes sent, json_t **ret_owned, struct err *err)
{
    json_error_t why;
    json_t *value = json_loadb((const char *)sent.ptr, sent.len,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (value == NULL)
        return err_set(err, ERR_MALFORMED, "RFC 8259", "JSON, octet %d: %s", why.position,
                       why.text);
    *ret_owned = value;
    return true;
}

json_t *json_str(struct str s)
{
    json_t *value = json_stringn(s.ptr, s.len);
    CHECK(value != NULL);
    return value;
}
