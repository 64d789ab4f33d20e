// http/exchange.h - what the files of this room share about connections and requests.
//
// Holds: struct server, connection and request, and the library's callbacks. For this room alone;
// other rooms see request.h and server.h.
// Threads: `lock` guards everything the watch and server_wake look at; the rest of a request
// belongs to the library's thread that serves its connection.
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H
#include "http/server.h"
#include "http/strict.h"

#include <pthread.h>

struct MHD_Daemon;
struct MHD_Connection;
struct MHD_Response;

enum connection_phase {
    PHASE_HEAD, // waiting for a whole head
    PHASE_BODY, // receiving a body
    PHASE_BUSY, // handling, waiting or answering
};
struct connection {
    struct connection *next, *previous;
    struct server *server;
    int fd;        // borrowed from the library until it says closed
    int64_t since; // monotonic ms, start of the phase
    uint64_t came; // octets of the body in PHASE_BODY
    enum connection_phase phase;
    bool cut; // shut down by the watch; once is enough
    bool pin_known, has_pin;
    struct digest pin;
    char address[64];
};

struct request {
    struct request *next_waiting; // in server->waiting
    struct server *server;
    struct connection *connection;
    struct MHD_Connection *handle;
    struct arena arena;
    const char *target_at; // where the library holds the target; only compared, never read
    struct str target;     // our copy from before the library decodes its own; NUL-terminated
    struct head_facts facts;
    struct route_match match;
    struct query query;
    bool opened;  // the head was taken
    bool counted; // in server->in_flight
    bool replied; // an answer is queued
    bool close;   // after the answer
    bool waited;  // the handler chose to wait; it will be called again
    bool wrong_method;
    // the body
    bool (*put)(void *own, struct bytes more, struct err *err);
    void *put_own;
    struct buffer collected;
    uint64_t body_bytes, drained;
    struct err refusal; // kind set: the body is read no more, this is the answer
    // the answer
    struct MHD_Response *response; // between reply_* and queueing; owned
    int status;
    struct buffer fields; // lines "Name: value\0"
    struct reply_source source;
    uint64_t source_from;
    // what a handler keeps
    void *kept;
    struct {
        void (*end)(void *own);
        void *own;
    } ends[REQUEST_ENDS_MAX];
    size_t ends_count;
    // waiting
    struct wait_ticket ticket; // 0: none
    int64_t wait_until;
    enum wake_reason woken;
};

struct server {
    struct MHD_Daemon *daemon;
    struct server_options options;
    struct arena arena; // dies with the server
    struct secret key_pem;
    uint16_t port;
    pthread_mutex_t lock;
    struct connection *connections;
    struct request *waiting;
    uint64_t next_ticket;
    struct server_counts counts;
    bool stopping;
    bool watch_runs;
    pthread_t watch;
    int watch_pipe[2]; // closing the second end wakes and ends the watch
};

void server_lock(struct server *s);
void server_unlock(struct server *s);
void connection_phase_set(struct connection *c, enum connection_phase phase);
void server_told(struct server *s, const struct request *rq, const struct err *what);

// The life of a request: its target came, then its head and body in steps, then it is over.
struct request *exchange_begin(struct server *s, const char *target, struct MHD_Connection *c);
// One step of a request: 0 cuts the connection. `more` is emptied.
int exchange_step(struct request *rq, const struct head *head, struct bytes *more);
void exchange_over(struct request *rq);

#endif
