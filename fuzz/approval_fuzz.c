// rooms: record
// fuzz/approval_fuzz.c - approvals and orders: what is read writes back the same, and nothing is
// read as both.
#include "record/approval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct approval approval;
    struct order order;
    struct str sent = {(const char *)data, size}, again;
    arena_init(&a, 1 << 20);
    bool approves = approval_read(sent, &approval, &err);
    CHECK(approves || err.kind != ERR_NONE);
    if (approves) {
        CHECK(approval_write(&approval, &a, &again, &err));
        CHECK(str_eq(again, sent));
    }
    if (order_read(sent, &order, &err)) {
        CHECK(!approves);
        CHECK(order_write(&order, &a, &again, &err));
        CHECK(str_eq(again, sent));
    }
    arena_release(&a);
    return 0;
}
