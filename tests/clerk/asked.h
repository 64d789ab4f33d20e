// tests/clerk/asked.h - the steps that several tests of the clerk take.
#ifndef TESTS_CLERK_ASKED_H
#define TESTS_CLERK_ASKED_H
#include "base/json.h"
#include "tests/clerk/node.h"

static inline const char *text_of(const json_t *shown, const char *key)
{
    const char *text = json_string_value(json_object_get(shown, key));
    return text == NULL ? "" : text;
}

static inline json_int_t number_of(const json_t *shown, const char *key)
{
    return json_integer_value(json_object_get(shown, key));
}

static inline void begin(struct node *n)
{
    node_init(n);
    node_up(n);
}

static inline void begin_ready(struct node *n)
{
    node_init(n);
    node_learn_xb(n);
    node_up(n);
    node_found(n);
    node_partner(n, "exchange");
}

static inline void end(struct node *n)
{
    node_down(n);
    node_release(n);
}

static inline struct asked draft_new(struct node *n, const struct clerk_link *by, struct bytes text)
{
    struct buffer ask = node_columns(n);
    buffer_block32(&ask, text);
    return node_ask(n, by, CLERK_DRAFT_NEW, &ask);
}

static inline struct draft_id drafted(struct node *n, const struct clerk_link *by,
                                      struct bytes text)
{
    struct draft_id id;
    struct err err = {0};
    (void)n;
    EXPECT_OK(clerk_draft_new(by, text, &id, &err));
    return id;
}

static inline struct digest approve_hash(struct node *n, struct bytes text)
{
    struct err err = {0};
    struct digest digest;
    EXPECT_OK(record_approved_digest(&n->arena, text, &digest, &err));
    return digest;
}

static inline struct asked approve(struct node *n, const struct clerk_link *by, struct bytes note)
{
    struct buffer ask = node_columns(n);
    buffer_block32(&ask, note);
    return node_ask(n, by, CLERK_APPROVE, &ask);
}

static inline struct buffer of_draft(struct node *n, const struct draft_id *draft)
{
    struct buffer ask = node_columns(n);
    buffer_put(&ask, bytes_of(draft->octets, DRAFT_ID_BYTES));
    return ask;
}

static inline struct asked release(struct node *n, const struct clerk_link *by,
                                   const struct draft_id *draft)
{
    struct buffer ask = of_draft(n, draft);
    return node_ask(n, by, CLERK_RELEASE, &ask);
}

// Drafted by anna, approved by anna and boris, not released yet.
static inline struct draft_id approved(struct node *n, const struct clerk_link *by,
                                       struct bytes text)
{
    struct draft_id draft = drafted(n, by, text);
    struct digest hash = approve_hash(n, text);
    for (int officer = ANNA; officer <= BORIS; officer++) {
        struct asked a =
            approve(n, by, node_approval(n, officer, DECISION_RELEASE, &draft, &hash, 3600));
        if (!a.done)
            fail_msg("approve: %s", a.err.text);
    }
    return draft;
}

static inline json_t *parsed(const struct asked *a)
{
    json_t *shown = NULL;
    struct err err = {0};
    if (!a->done)
        fail_msg("refused: %s", a->err.text);
    EXPECT_OK(json_read(a->columns, &shown, &err));
    return shown;
}

#endif
