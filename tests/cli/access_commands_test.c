#include "cli/command.h"
#include "courier/bundle_index.h"
#include "tests/cli/access_story.h"

// -- the table -----------------------------------------------------------------------------------
enum who_reads { SENDER = 1, ADDRESSEE = 2, NOBODY = 0 };
#define BOTH (SENDER | ADDRESSEE)
enum given { PLAINLY, STOLEN }; // STOLEN: an age file is put in, so that one may come out again

// Words between blanks; those that begin with % stand for:
//   %r the notice's ref   %d the draft at XA   %0 a draft nobody has   %x another State than both
//   %b sha256: of the body   %o a file that is judged too   %L a phrase line
//   %C the body's age file   %A the attachment's   %B a courier's file of XA for XB
//   %K a backup of XB   %I this node's own identity   %i another's   %R a recipient
//   %N the node's folder   %O its origin   %k this officer's key file   %m a manifest
//   %c the community file   %v a public key
// What a command takes of --node, --officer and --passphrase-file is added. <%C is its input.
struct command_try {
    const char *name, *words;
    unsigned readers;
    enum given given;
};
static const struct command_try tries[] = {
    {"init", "%o --state XB --origin xb.example/read --manifest %m", NOBODY, PLAINLY},
    {"root new", "%o --origin xb.example/read", NOBODY, PLAINLY},
    {"root show", "%C", NOBODY, STOLEN},
    {"root sign", "%C --key %k --yes --out %o", NOBODY, STOLEN},
    {"root order", "%C --key %k --yes --out %o", NOBODY, STOLEN},
    {"officer new", "%o anna --origin xb.example/read", NOBODY, PLAINLY},
    {"officer show", "%k", NOBODY, PLAINLY},
    {"officer list", "--json", NOBODY, PLAINLY},
    {"officer change", "--out %o", NOBODY, PLAINLY},
    {"officer register", "%C --out %o", NOBODY, STOLEN},
    {"serve", "--node %o", NOBODY, PLAINLY},
    {"status", "--json", NOBODY, PLAINLY},
    {"doctor", "--json", NOBODY, PLAINLY},
    {"order challenge", "--json", NOBODY, PLAINLY},
    {"order apply", "%C", NOBODY, STOLEN},
    {"community new", "--title en:X --quorum 1 --member %C --member %m --out %o", NOBODY, STOLEN},
    {"community show", "--json", NOBODY, PLAINLY},
    {"community check", "%C", NOBODY, STOLEN},
    {"community apply", "%C", NOBODY, STOLEN},
    {"community policy", "XA", NOBODY, PLAINLY},
    {"keys show", "XA", NOBODY, PLAINLY},
    {"keys compare", "XA 00000", NOBODY, PLAINLY},
    {"peer list", "--json", NOBODY, PLAINLY},
    {"peer set", "%x --on exchange", NOBODY, PLAINLY},
    {"codebook list", "", NOBODY, PLAINLY},
    {"codebook show", "N01", NOBODY, PLAINLY},
    {"codebook find", "incident", NOBODY, PLAINLY},
    {"codebook compose", "", NOBODY, PLAINLY},
    {"codebook check", "", NOBODY, PLAINLY},
    {"codebook print", "", NOBODY, PLAINLY},
    {"codebook render", "%L", NOBODY, PLAINLY},
    {"codebook speak", "%L", NOBODY, PLAINLY},
    {"codebook hear", "%C", NOBODY, STOLEN},
    {"codebook files", "--json", NOBODY, PLAINLY},
    {"codebook add", "%C", NOBODY, STOLEN},
    {"codebook vouches", "--json", NOBODY, PLAINLY},
    {"vouch", "%C --from technical", NOBODY, STOLEN},
    {"codebook remove", "%b --yes", NOBODY, PLAINLY},
    {"compose", "--answers %r", NOBODY, PLAINLY}, // phrases are shown, texts are not
    {"draft", "--to %x --from technical --precedence ROUTINE --tlp GREEN --json %L", NOBODY,
     PLAINLY},
    {"draft list", "--all --json", NOBODY, PLAINLY},
    {"draft show", "%d --json", SENDER, PLAINLY},
    {"draft drop", "%0 --yes", NOBODY, PLAINLY},
    {"approve", "%C --yes --out %o", NOBODY, STOLEN},
    {"release", "%d", NOBODY, PLAINLY},
    {"inbox", "--all --json", NOBODY, PLAINLY},
    {"sent", "--all --json", NOBODY, PLAINLY},
    {"show", "%r --json", BOTH, PLAINLY},
    {"speak", "%r --json", NOBODY, PLAINLY}, // codes; text and attachments are not spoken
    {"fax", "%r --json", NOBODY, PLAINLY},
    {"hear", "%C", NOBODY, PLAINLY},
    {"heard", "--json", NOBODY, PLAINLY},
    {"heard show", "%r --json", NOBODY, PLAINLY},
    {"heard drop", "%r --yes", NOBODY, PLAINLY},
    {"answer", "%r E01 --json", NOBODY, PLAINLY},
    {"withdraw", "%r --reason error --json", NOBODY, PLAINLY},
    {"attachment", "%r names.txt --out %o", BOTH, PLAINLY},
    {"erase", "%r --out %o", NOBODY, PLAINLY},
    {"audit", "--json", NOBODY, PLAINLY},
    {"verify", "xa.example/read", NOBODY, PLAINLY},
    {"proof request", "%r --out %o", BOTH, PLAINLY},
    {"proof export", "%r --out %o", NOBODY, PLAINLY}, // with nobody's approval
    {"proof verify", "%C --community %c", NOBODY, STOLEN},
    {"evidence list", "--json", NOBODY, PLAINLY},
    {"evidence export", "%b --out %o", NOBODY, PLAINLY},
    {"evidence verify", "%C", NOBODY, STOLEN},
    {"evidence take", "%C", NOBODY, STOLEN},
    {"bundle write", "--to %x --all --out %o", NOBODY, PLAINLY},
    {"bundle read", "%B", NOBODY, STOLEN},
    {"bundle show", "%B", NOBODY, STOLEN},
    {"rebuild", "--json", NOBODY, PLAINLY},
    {"backup", "--recipient %R --out %o", NOBODY, PLAINLY},
    {"restore", "%K --identity %i --node %o", NOBODY, STOLEN},
    {"restore accept-gap", "XB", NOBODY, PLAINLY},
    {"test-body", "%r --out %o", BOTH, PLAINLY},
    {"test-identity", "--out %o", NOBODY, PLAINLY}, // these are no demonstrations
    {"test-note", "%v <%C", NOBODY, STOLEN},
    {"test-note-sign", "xb.example/read <%C", NOBODY, STOLEN},
    {"test-seal", "-r %R <%C", NOBODY, STOLEN},
    {"test-open", "-i %i <%C", NOBODY, STOLEN}, // and see below
    {"test-log", "%v %N", NOBODY, PLAINLY},
    {"test-log-make", "xb.example/read %o 3 <%C", NOBODY, STOLEN},
    {"test-proof", "%v %C <%C", NOBODY, STOLEN},
    {"test-proof-make", "%N 1", NOBODY, PLAINLY},
};
enum { TRIES = sizeof tries / sizeof tries[0] };

TEST(every_command_is_tried)
{
    size_t count = 0;
    const struct command *table = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        bool tried = false;
        for (size_t t = 0; t < TRIES; t++)
            tried = tried || strcmp(tries[t].name, table[i].name) == 0;
        if (!tried)
            fail_msg("nobody tries to read a sealed body by `elchi %s`", table[i].name);
    }
    for (size_t t = 0; t < TRIES; t++) {
        bool stands = false;
        for (size_t i = 0; i < count; i++)
            stands = stands || strcmp(tries[t].name, table[i].name) == 0;
        if (!stands)
            fail_msg("`elchi %s` is tried and is no command", tries[t].name);
    }
}

// -- what attempts are made of -------------------------------------------------------------------
struct loot { // what a thief may hold: everything but the two States' keys
    const char *body, *attachment, *bundle, *backup, *other_identity, *recipient, *key;
};
static struct loot loot;

static const char *identity_file(struct access_world *w, const struct secret *identity)
{
    char text[AGE_IDENTITY_CHARS + 2];
    age_identity_write(identity, text);
    text[AGE_IDENTITY_CHARS] = '\n';
    return fresh_file(w, bytes_of(text, AGE_IDENTITY_CHARS + 1));
}

static void gather_loot(struct access_world *w)
{
    struct secret other = {0};
    struct age_recipient to;
    char text[AGE_RECIPIENT_CHARS + 1];
    struct err err = {0};
    struct str kept;
    struct str vkey;
    if (loot.body != NULL)
        return;
    loot.attachment = fresh_file(w, w->attachment.file);
    loot.bundle = w->courier_file.ptr;
    loot.other_identity = identity_file(w, &w->at[XC].identity);
    age_identity_new(world_real(), &other); // nobody keeps it
    age_recipient_of(&other, &to);
    secret_release(&other);
    age_recipient_write(&to, text);
    EXPECT_OK(arena_str(&w->arena, str_of(text), &kept, &err));
    loot.recipient = kept.ptr;
    EXPECT_OK(note_key_text(&w->at[XC].people[ANNA].key, &w->arena, &vkey, &err));
    EXPECT_OK(arena_cstr(&w->arena, vkey, &loot.key, &err));
    loot.backup = fresh_path(w);
    must_run(RUN(w, "backup", "--node", w->at[XB].folder.ptr, "--recipient", loot.recipient,
                 "--out", loot.backup));
    loot.body = fresh_file(w, w->body.file);
}

// -- seats ---------------------------------------------------------------------------------------
struct seat {
    struct access_world *w;
    int node, who; // who: of people; -1: by uid alone
    const char *out;
};

static const char *a_third(int node)
{
    static const char *const third[NODES] = {"XC", "XC", "XB", "XE", "XD"};
    return third[node];
}

static const char *body_hash(struct access_world *w)
{
    struct err err = {0};
    struct str text;
    EXPECT_OK(arena_fmt(&w->arena, &text, &err, "sha256:%s", w->body.hex));
    return text.ptr;
}

static const char *out_path(struct seat *s)
{
    if (s->out == NULL)
        s->out = fresh_path(s->w);
    return s->out;
}

static const char *stands_for(struct seat *s, const char *word)
{
    const struct {
        char mark;
        const char *value;
    } words[] = {
        {'r', s->w->ref},
        {'d', s->w->draft},
        {'0', "00000000000000000000000000000000"},
        {'x', a_third(s->node)},
        {'C', loot.body},
        {'A', loot.attachment},
        {'B', loot.bundle},
        {'K', loot.backup},
        {'i', loot.other_identity},
        {'R', loot.recipient},
        {'v', loot.key},
        {'L', NOTICE_LINE},
        {'N', s->w->at[s->node].folder.ptr},
        {'O', node_origins[s->node]},
        {'m', s->w->at[s->node].manifest.ptr},
        {'c', s->w->community.ptr},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].mark == word[1])
            return words[i].value;
    if (word[1] == 'o')
        return out_path(s);
    if (word[1] == 'b')
        return body_hash(s->w);
    if (word[1] == 'k')
        return key_path(s->w, s->node, s->who < 0 ? ANNA : s->who);
    fail_msg("nothing is called %s", word);
    return NULL;
}

struct spoken {
    const char *words[ARGUMENTS_MAX];
    size_t count;
    const char *input;
};

static void speak(struct spoken *p, const char *word)
{
    EXPECT(p->count + 1 < ARGUMENTS_MAX);
    p->words[p->count++] = word;
}

static void speak_all(struct seat *s, struct spoken *p, const char *words)
{
    struct str rest = str_of(words);
    struct str part;
    while (rest.len > 0 && str_split(&rest, ' ', &part)) {
        struct err err = {0};
        const char *word = NULL;
        EXPECT_OK(arena_cstr(&s->w->arena, part, &word, &err));
        if (word[0] == '<')
            p->input = stands_for(s, word + 1);
        else
            speak(p, word[0] == '%' ? stands_for(s, word) : word);
    }
}

static void speak_options(struct seat *s, struct spoken *p, const struct command *c,
                          const struct command_try *t)
{
    if ((c->options & OPTION(OPTION_NODE)) != 0 && strstr(t->words, "--node") == NULL) {
        speak(p, "--node");
        speak(p, s->w->at[s->node].folder.ptr);
    }
    if ((c->options & OPTION(OPTION_OFFICER)) != 0 && s->who >= 0) {
        speak(p, "--officer");
        speak(p, key_path(s->w, s->node, s->who));
    }
    if ((c->options & OPTION(OPTION_PASSPHRASE)) != 0) {
        speak(p, "--passphrase-file");
        speak(p, s->w->passphrase_file.ptr);
    }
}

static struct judged judge_file(struct access_world *w, const char *path)
{
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_DIRECTORY);
    if (fd >= 0)
        (void)close(fd); // a folder: what a restore or a new node leaves is its own
    if (path == NULL || fd >= 0 || !world_exists(world_real(), path))
        return (struct judged){0, "nothing"};
    return judge(&w->pieces, test_file(&w->arena, path));
}

static void try_as(struct seat s, const struct command *c, const struct command_try *t, unsigned is)
{
    struct spoken p = {.input = "/dev/null"};
    speak_all(&s, &p, c->name);
    speak_all(&s, &p, t->words);
    speak_options(&s, &p, c, t);
    struct ran r = run_words(s.w, p.words, p.input);
    struct judged said = judge(&s.w->pieces, r.said);
    struct judged left = judge_file(s.w, s.out);
    unsigned kinds = said.kinds | left.kinds;
    unsigned counts = t->given == STOLEN ? PIECE_OPENED : PIECE_READ;
    const char *who = s.who < 0 ? "a user without a key" : people[s.who];
    if ((t->readers & is) != 0 && (kinds & PIECE_READ) == 0)
        fail_msg("`elchi %s` gives %s at %s nothing: %.*s", c->name, who, node_codes[s.node],
                 (int)r.said.len, (const char *)r.said.ptr);
    if ((t->readers & is) == 0 && (kinds & counts) != 0)
        fail_msg("`elchi %s` gives %s at %s %s", c->name, who, node_codes[s.node],
                 (said.kinds & counts) != 0 ? said.what : left.what);
}

static const struct command_try *try_of(const char *name)
{
    for (size_t t = 0; t < TRIES; t++)
        if (strcmp(tries[t].name, name) == 0)
            return &tries[t];
    fail_msg("nobody tries `elchi %s`", name);
    return NULL;
}

// Commands without a node are tried once, those by uid at every node, those of officers by all.
static void try_command(struct access_world *w, const struct command *c)
{
    const struct command_try *t = try_of(c->name);
    bool at_nodes = (c->options & OPTION(OPTION_NODE)) != 0;
    bool officers = (c->options & OPTION(OPTION_OFFICER)) != 0;
    for (int node = at_nodes || officers ? XA : XC; node < RUNNING; node++) {
        unsigned is = node == XA ? SENDER : node == XB ? ADDRESSEE : NOBODY;
        if (at_nodes || !officers)
            try_as((struct seat){w, node, -1, NULL}, c, t, NOBODY);
        if (!at_nodes && !officers)
            return;
        if (officers)
            try_as((struct seat){w, node, ANNA, NULL}, c, t, is);
        if (officers)
            try_as((struct seat){w, node, DORA, NULL}, c, t, NOBODY);
    }
}

TEST(only_officers_of_the_two_desks_read_by_a_command)
{
    struct access_world *w = the_world();
    size_t count = 0;
    const struct command *table = command_table(&count);
    gather_loot(w);
    for (size_t i = 0; i < count; i++)
        try_command(w, &table[i]);
}

// Debian's age would do the same: the identity is what counts.
TEST(only_the_two_identities_open_the_age_files)
{
    struct access_world *w = the_world();
    gather_loot(w);
    for (int node = XA; node <= XD; node++) {
        const char *identity = identity_file(w, &w->at[node].identity);
        for (int f = 0; f < 2; f++) {
            const char *file = f == 0 ? loot.body : loot.attachment;
            struct ran r =
                run_words(w, (const char *const[]){"test-open", "-i", identity, NULL}, file);
            bool opened = (judge(&w->pieces, r.said).kinds & PIECE_TEXT) != 0;
            EXPECT(opened == (node <= XB));
        }
    }
}

// -- members of a courier's file -----------------------------------------------------------------
static const struct {
    enum bundle_kind kind;
    bool reads; // in a file for the addressee; in one for anybody else nothing reads
} member_tries[] = {
    {BUNDLE_KEYS, false},     {BUNDLE_CHECKPOINT, false}, {BUNDLE_ENTRIES, false},
    {BUNDLE_EVIDENCE, false}, {BUNDLE_BLOB, true},
};
enum { MEMBER_TRIES = sizeof member_tries / sizeof member_tries[0], TAR_BLOCK = 512 };

TEST(every_kind_of_member_of_a_couriers_file_is_tried)
{
    for (int kind = 0; kind < BUNDLE_KIND_COUNT; kind++) {
        bool tried = false;
        for (size_t i = 0; i < MEMBER_TRIES; i++)
            tried = tried || (int)member_tries[i].kind == kind;
        if (!tried)
            fail_msg("nobody tries to read a sealed body in members %s",
                     bundle_kind_word((enum bundle_kind)kind));
    }
}

static bool may_hold(const char *name, int to)
{
    for (size_t i = 0; i < MEMBER_TRIES; i++) {
        const char *word = bundle_kind_word(member_tries[i].kind);
        if (strncmp(name, word, strlen(word)) == 0 && name[strlen(word)] == '/')
            return member_tries[i].reads && to <= XB;
    }
    return false; // the index, and whatever else stands there
}

// Looks into every member by itself: a head of 512 octets, and the octets up to a whole block.
static unsigned judge_members(struct access_world *w, struct bytes file, int from, int to)
{
    unsigned found = 0;
    size_t at = 0;
    while (at + TAR_BLOCK <= file.len && file.ptr[at] != 0) {
        char name[101] = {0};
        char size[13] = {0};
        memcpy(name, file.ptr + at, 100);
        memcpy(size, file.ptr + at + 124, 12);
        size_t len = strtoul(size, NULL, 8);
        at += TAR_BLOCK;
        EXPECT(len <= file.len - at);
        struct judged j = judge(&w->pieces, bytes_of(file.ptr + at, len));
        if ((j.kinds & (may_hold(name, to) ? PIECE_OPENED : PIECE_READ)) != 0)
            fail_msg("member %s of the file of %s for %s holds %s", name, node_codes[from],
                     node_codes[to], j.what);
        found |= j.kinds;
        at += (len + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    }
    return found;
}

TEST(a_couriers_file_carries_a_sealed_body_to_its_addressee_alone)
{
    struct access_world *w = the_world();
    for (int from = XA; from <= XC; from++)
        for (int to = XA; to <= XC; to++) {
            if (from == to)
                continue;
            struct bytes file = test_file(&w->arena, written_for(w, from, to));
            (void)judge_members(w, file, from, to);
        }
    struct bytes first = test_file(&w->arena, w->courier_file.ptr);
    EXPECT((judge_members(w, first, XA, XB) & PIECE_CIPHERTEXT) != 0);
}

TEST(the_nodes_end)
{
    all_stop();
}
