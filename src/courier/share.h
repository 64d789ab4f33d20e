// courier/share.h - what the courier's threads share: the one link to the clerk, and views of the
// exchange store, one for each thread.
//
// Holds: the lock around the link; opening and refreshing a view.
// Knows nothing of: sessions and sockets.
#ifndef COURIER_SHARE_H
#define COURIER_SHARE_H
#include "clerk/client.h"
#include "community/held.h"
#include "courier/courier.h"
#include "http/cert.h"

#include <pthread.h>
#include <stdatomic.h>

struct share {
    const struct courier_options *options;
    struct clerk_link clerk; // under the lock
    pthread_mutex_t lock;
    atomic_uint_fast64_t bells; // counts up whenever there is something new to look for
    atomic_bool stop;
    struct cert cert;
    struct arena lasting; // of the certificate
    struct str own;       // our origin; in `lasting`
};
void share_lock(struct share *s);
void share_unlock(struct share *s);

// One thread's own reader of the exchange store, and the facts as of its last refresh.
struct view {
    struct share *share;
    struct db *exchange; // owned
    struct arena arena;  // of the facts
    struct held *held;   // owned
    uint64_t bells;      // as of the last refresh
};
bool view_open(struct view *v, struct share *s, struct err *err) MUST_USE;
void view_close(struct view *v);
// Reads the facts anew when the bell rang since.
bool view_refresh(struct view *v, struct err *err) MUST_USE;
// The partner whose newest manifest names this TLS key, with exchange on; NULL: nobody.
const struct community_state *view_partner(const struct view *v, const struct digest *pin);
#endif
