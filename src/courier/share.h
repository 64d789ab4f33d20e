// courier/share.h - what the courier's threads share: the one link to the clerk, the bell, and
// views of the exchange store, one for each thread.
//
// Holds: the lock around the link; ringing and waiting for the bell; opening and refreshing a view.
// Knows nothing of: sessions and sockets.
#ifndef COURIER_SHARE_H
#define COURIER_SHARE_H
#include "base/bell.h"
#include "clerk/client.h"
#include "community/held.h"
#include "courier/courier.h"
#include "http/cert.h"

#include <pthread.h>
#include <stdatomic.h>

struct callers;
struct share {
    const struct courier_options *options;
    struct clerk_link clerk; // under `lock`
    pthread_mutex_t lock;
    struct bell bell;           // rings whenever there is something new to look for
    atomic_uint_fast64_t facts; // counts up whenever community, manifests or functions may differ
    atomic_bool stop;
    struct callers *_Atomic callers; // once they run; NULL: nobody is called
    struct cert cert;
    struct arena lasting; // of the certificate
    struct str own;       // our origin; in `lasting`
};
void share_init(struct share *s, const struct courier_options *options);
void share_release(struct share *s);
void share_lock(struct share *s);
void share_unlock(struct share *s);

void share_facts_changed(struct share *s); // and rings
void share_stop(struct share *s);          // nobody waits any more

// -- views -----------------------------------------------------------------------------------
// One thread's own reader of the exchange store, and the facts as of its last refresh.
struct view {
    struct share *share;
    struct db *exchange; // owned
    struct arena arena;  // of the facts
    struct held *held;   // owned
    uint64_t facts;      // share->facts as of the last refresh
};
bool view_open(struct view *v, struct share *s, struct err *err) MUST_USE;
void view_close(struct view *v);
// Reads the facts anew when they changed since.
bool view_refresh(struct view *v, struct err *err) MUST_USE;
// The partner whose newest manifest names this TLS key, with exchange on; NULL: nobody.
const struct community_state *view_partner(const struct view *v, const struct digest *pin);
#endif
