#include "clerk/shown.h"

json_t *shown_object(void)
{
    json_t *object = json_object();
    CHECK(object != NULL);
    return object;
}

json_t *shown_array(void)
{
    json_t *array = json_array();
    CHECK(array != NULL);
    return array;
}

void shown_put(json_t *object, const char *key, json_t *value_owned)
{
    CHECK(value_owned != NULL);
    CHECK(json_object_set_new(object, key, value_owned) == 0);
}

void shown_add(json_t *array, json_t *value_owned)
{
    CHECK(value_owned != NULL);
    CHECK(json_array_append_new(array, value_owned) == 0);
}

void shown_null(json_t *object, const char *key)
{
    shown_put(object, key, json_null());
}

void shown_str(json_t *object, const char *key, struct str value)
{
    shown_put(object, key, json_str(value.len == 0 ? STR("") : value));
}

void shown_word(json_t *object, const char *key, const char *value)
{
    shown_put(object, key, json_str(str_of(value)));
}

void shown_number(json_t *object, const char *key, uint64_t value)
{
    CHECK(value <= INT64_MAX);
    shown_put(object, key, json_integer((json_int_t)value));
}

void shown_bool(json_t *object, const char *key, bool value)
{
    shown_put(object, key, json_boolean(value));
}

void shown_time(json_t *object, const char *key, struct moment at)
{
    char text[MOMENT_CHARS + 1];
    if (at.s == 0) {
        shown_null(object, key);
        return;
    }
    moment_write(at, text);
    shown_word(object, key, text);
}

json_t *shown_digest_value(const struct digest *d)
{
    static const struct digest none;
    char text[DIGEST_TEXT_CHARS + 1];
    if (digest_eq(d, &none))
        return json_null();
    digest_write(d, text);
    return json_str(str_of(text));
}

void shown_digest(json_t *object, const char *key, const struct digest *d)
{
    shown_put(object, key, shown_digest_value(d));
}
