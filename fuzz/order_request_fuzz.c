// rooms: cli
// What a root holder is handed: a request for an order writes back the same, a sheet is a request
// or an order and never both.
#include "cli/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = {data, size};
    struct bytes again;
    struct order_request r;
    struct order_sheet sheet;
    struct arena a;
    struct err err = {0};
    struct err why = {0};
    arena_init(&a, 1 << 20);
    bool asks = order_request_read(sent, &r, &err);
    CHECK(asks || err.kind != ERR_NONE); // a refusal must say why
    if (asks) {
        CHECK(r.asked.act == ORDER_NONE);
        CHECK(order_request_write(&r, &a, &again, &err));
        CHECK(bytes_eq(again, sent));
    }
    if (order_sheet_read(sent, &sheet, &why)) {
        CHECK(asks == (sheet.note.signatures_count == 0));
        CHECK(asks == (sheet.order.act == ORDER_NONE));
    } else {
        CHECK(!asks && why.kind != ERR_NONE);
    }
    arena_release(&a);
    return 0;
}
