// tests/e2e/cutter.c - a bad line between two nodes: forwards TCP on loopback and cuts connections.
//
// After a random number of octets towards the caller both sides are cut in the middle of whatever
// was under way; so many times, then the line holds. Each cut is a line on standard output.
// usage: cutter LISTEN-PORT TARGET-PORT SEED CUTS OCTETS-AT-MOST
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS_MAX = 64, PIECE = 16384 };
struct pair {
    int caller, target;
};
struct line {
    uint16_t to;
    uint64_t dice, left, most, passed;
    unsigned cuts;
    struct pair pairs[PAIRS_MAX];
    size_t count;
};

// splitmix64: the same seed cuts at the same octets
static uint64_t roll(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

// A reset and no farewell, as when a cable is pulled.
static void drop(struct line *l, size_t at)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    int both[2] = {l->pairs[at].caller, l->pairs[at].target};
    for (int i = 0; i < 2; i++) {
        (void)setsockopt(both[i], SOL_SOCKET, SO_LINGER, &now, sizeof now);
        (void)close(both[i]);
    }
    l->pairs[at] = l->pairs[--l->count];
}

static void welcome(struct line *l, int listener)
{
    struct sockaddr_in to = loopback(l->to);
    int caller = accept(listener, NULL, NULL);
    int target = socket(AF_INET, SOCK_STREAM, 0);
    if (caller >= 0 && target >= 0 && l->count < PAIRS_MAX &&
        connect(target, (struct sockaddr *)&to, sizeof to) == 0) {
        l->pairs[l->count++] = (struct pair){caller, target};
        return;
    }
    if (caller >= 0)
        (void)close(caller);
    if (target >= 0)
        (void)close(target);
}

static int send_all(int to, const uint8_t *from, size_t count)
{
    size_t sent = 0;
    while (sent < count) {
        ssize_t n = send(to, from + sent, count - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return 0;
        sent += (size_t)n;
    }
    return 1;
}

// 1: go on; 0: this pair is over; -1: the moment of a cut has come.
static int pass(struct line *l, int from, int to, int counted)
{
    uint8_t piece[PIECE];
    ssize_t n = recv(from, piece, sizeof piece, 0);
    if (n <= 0)
        return 0;
    size_t most = (size_t)n;
    int cut = counted && l->cuts > 0 && most >= l->left;
    if (cut)
        most = (size_t)l->left;
    int sent = send_all(to, piece, most);
    if (counted) {
        l->passed += most;
        l->left -= l->cuts > 0 ? most : 0;
    }
    return cut ? -1 : sent;
}

static void note_cut(struct line *l)
{
    l->cuts--;
    printf("cut after %llu octets\n", (unsigned long long)l->passed);
    (void)fflush(stdout);
    l->left = 1 + roll(&l->dice) % l->most;
}

static void turn(struct line *l, int listener)
{
    struct pollfd fds[1 + 2 * PAIRS_MAX] = {{.fd = listener, .events = POLLIN}};
    size_t count = l->count;
    for (size_t i = 0; i < count; i++) {
        fds[1 + 2 * i] = (struct pollfd){.fd = l->pairs[i].caller, .events = POLLIN};
        fds[2 + 2 * i] = (struct pollfd){.fd = l->pairs[i].target, .events = POLLIN};
    }
    if (poll(fds, (nfds_t)(1 + 2 * count), -1) <= 0)
        return;
    for (size_t i = count; i-- > 0;) { // backwards: a dropped one is replaced by one seen already
        int said = 1;
        if (fds[2 + 2 * i].revents != 0)
            said = pass(l, l->pairs[i].target, l->pairs[i].caller, 1);
        if (said == 1 && fds[1 + 2 * i].revents != 0)
            said = pass(l, l->pairs[i].caller, l->pairs[i].target, 0);
        if (said < 0)
            note_cut(l);
        if (said <= 0)
            drop(l, i);
    }
    if (fds[0].revents != 0)
        welcome(l, listener);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        (void)fprintf(stderr, "usage: cutter LISTEN-PORT TARGET-PORT SEED CUTS OCTETS-AT-MOST\n");
        return 1;
    }
    static struct line l;
    struct sockaddr_in at = loopback((uint16_t)strtoul(argv[1], NULL, 10));
    int one = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    l.to = (uint16_t)strtoul(argv[2], NULL, 10);
    l.dice = strtoull(argv[3], NULL, 10);
    l.cuts = (unsigned)strtoul(argv[4], NULL, 10);
    l.most = strtoull(argv[5], NULL, 10);
    if (l.most == 0)
        return 1;
    l.left = 1 + roll(&l.dice) % l.most;
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 16) != 0) {
        perror("cutter");
        return 1;
    }
    for (;;)
        turn(&l, listener);
}
