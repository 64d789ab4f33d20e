// Who may ask for which frame, and what no caller can do to the process.
#include "tests/clerk/doubles.h"
#include "tests/clerk/node.h"

#include <sys/socket.h>

static void begin(struct node *n)
{
    node_init(n);
    node_up(n);
}

static void begin_ready(struct node *n)
{
    node_init(n);
    node_learn_xb(n);
    node_up(n);
    node_found(n);
    node_partner(n, "exchange");
}

static void end(struct node *n)
{
    node_down(n);
    node_release(n);
}

// -- the table and what breaks it -----------------------------------------------------------------
static bool is_refused_by_table(const struct asked *a)
{
    return !a->done && a->err.clause != NULL && strcmp(a->err.clause, "clerk/frames.h") == 0 &&
           a->err.kind == ERR_DENIED;
}

TEST(every_frame_is_open_to_exactly_the_callers_the_table_names)
{
    struct node n;
    size_t count;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    const struct clerk_row *rows = clerk_rows(&count);
    const struct {
        const struct clerk_link *by;
        unsigned is;
    } callers[] = {
        {&n.local, CLERK_FOR_LOCAL},
        {&anna, CLERK_FOR_LOCAL | CLERK_FOR_OFFICER},
        {&n.courier, CLERK_FOR_COURIER},
        {&n.door, CLERK_FOR_DOOR},
    };
    struct buffer odd =
        node_columns(&n); // of no frame: whoever gets past the table hears malformed
    buffer_number(&odd, 0xff, 1);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof callers / sizeof callers[0]; k++) {
            if (rows[i].number == CLERK_HELLO && k == 1)
                continue; // would end the proof
            struct asked a = node_ask(&n, callers[k].by, (enum clerk_frame)rows[i].number, &odd);
            bool allowed = (rows[i].who & callers[k].is) != 0;
            if (is_refused_by_table(&a) == allowed)
                fail_msg("%s, caller %zu: %s", rows[i].name, k, a.err.text);
        }
    clerk_hang_up(&anna);
    end(&n);
}

TEST(an_unknown_frame_is_answered_and_an_oversized_one_closes_its_connection_alone)
{
    static const uint8_t head[FRAME_HEAD_BYTES] = {0x7f, 0xff, 0xff, 0xff, 0, 16, 0, 0};
    struct node n;
    struct err err = {0};
    struct clerk_link other;
    begin(&n);
    struct buffer none = node_columns(&n);
    struct asked unknown = node_ask(&n, &n.local, (enum clerk_frame)999, &none);
    EXPECT(!unknown.done && unknown.err.kind == ERR_MALFORMED);
    EXPECT_OK(clerk_connect(n.socket_path, &other, &err));
    EXPECT(send(other.socket, head, sizeof head, MSG_NOSIGNAL) == sizeof head);
    struct asked closed = node_ask(&n, &other, CLERK_STATUS, &none);
    EXPECT(!closed.done);
    clerk_hang_up(&other);
    EXPECT(node_ask(&n, &n.local, CLERK_STATUS, &none).done);
    EXPECT(node_ask(&n, &n.door, CLERK_STATUS, &none).done);
    end(&n);
}

TEST(columns_cut_short_anywhere_are_refused_and_end_nothing)
{
    struct node n;
    begin_ready(&n);
    struct clerk_link anna = node_officer(&n, ANNA);
    size_t count;
    const struct clerk_row *rows = clerk_rows(&count);
    uint8_t octets[64];
    for (size_t len = 0; len < sizeof octets; len += 3)
        for (size_t i = 0; i < count; i++) {
            struct buffer ask = node_columns(&n);
            world_random(n.world, octets, sizeof octets);
            buffer_put(&ask, bytes_of(octets, len));
            if (rows[i].number != CLERK_HELLO && rows[i].number != CLERK_PROVE)
                (void)node_ask(&n, &anna, (enum clerk_frame)rows[i].number, &ask);
        }
    struct buffer none = node_columns(&n);
    EXPECT(node_ask(&n, &n.local, CLERK_STATUS, &none).done);
    clerk_hang_up(&anna);
    end(&n);
}

TEST(more_callers_than_places_wait_their_turn)
{
    struct node n;
    struct err err = {0};
    struct clerk_link many[CLERK_CONNECTIONS_MAX + 4];
    size_t count = sizeof many / sizeof many[0];
    begin(&n);
    struct buffer none = node_columns(&n);
    for (size_t i = 0; i < count; i++)
        EXPECT_OK(clerk_connect(n.socket_path, &many[i], &err));
    EXPECT(node_ask(&n, &many[0], CLERK_STATUS, &none).done);
    for (size_t i = 0; i < count - 1; i++)
        clerk_hang_up(&many[i]);
    EXPECT(node_ask(&n, &many[count - 1], CLERK_STATUS, &none).done);
    clerk_hang_up(&many[count - 1]);
    end(&n);
}
