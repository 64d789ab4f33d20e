// cli/command_table.c - every command: what help, completion and the manual page are printed from.
#include "cli/commands.h"

#define ANY COMMAND_ARGUMENTS_MAX

static const struct command table[] = {
    // name, arguments, least, most, options, run, what it does, more
    {"init", "FOLDER", 1, 1,
     OPTION(OPTION_STATE) | OPTION(OPTION_ORIGIN) | OPTION(OPTION_DESKS) | OPTION(OPTION_ROOT) |
         OPTION(OPTION_NEXT) | OPTION(OPTION_THRESHOLD) | OPTION(OPTION_OFFICERS) |
         OPTION(OPTION_APPROVALS) | OPTION(OPTION_LISTEN) | OPTION(OPTION_MONITOR) |
         OPTION(OPTION_DOOR) | OPTION(OPTION_DEMO) | OPTION(OPTION_MANIFEST) | OPTIONS_NODE,
     cmd_init, "found a State's node",
     "First with the public keys of roots and officers: makes the node's keys and a manifest for "
     "the\n"
     "roots to sign. Then with --manifest, once they did: appends it as entry 0.\n"
     "--demo does all at once and marks the State a demonstration for ever:\n"
     "  elchi init --demo --state XA --origin xa.example/demo FOLDER"},
    {"root new", "FILE", 1, 1, OPTION(OPTION_ORIGIN) | OPTION(OPTION_PASSPHRASE), cmd_root_new,
     "make a root key and its successor, on a machine without a network", NULL},
    {"root show", "FILE", 1, 1, OPTION(OPTION_PASSPHRASE), cmd_root_show,
     "print what may be told of a root key file", NULL},
    {"root sign", "FILE", 1, 1,
     OPTION(OPTION_KEY) | OPTION(OPTION_PASSPHRASE) | OPTION(OPTION_OUT) | OPTION(OPTION_YES),
     cmd_root_sign, "sign a key manifest, after other roots or before them", NULL},
    {"root order", "FILE", 1, 1,
     OPTION(OPTION_KEY) | OPTION(OPTION_PASSPHRASE) | OPTION(OPTION_OUT) | OPTION(OPTION_ACT) |
         OPTION(OPTION_YES),
     cmd_root_order, "sign an order to the node's keeper, after other roots or before them",
     "The file is the request by `elchi order challenge`, or the order others signed already.\n"
     "The first holder chooses the act: resume (a keeper that waits signs again from what the\n"
     "node holds), adopt (also for one that does not wait) or retire (it signs nothing ever\n"
     "again). The order takes as many roots as the newest manifest's threshold."},
    {"officer new", "FILE NAME", 2, 2, OPTION(OPTION_ORIGIN) | OPTION(OPTION_PASSPHRASE),
     cmd_officer_new, "make an officer's key, on the officer's own machine", NULL},
    {"officer show", "FILE", 1, 1, OPTION(OPTION_PASSPHRASE), cmd_root_show,
     "print the public key of an officer's key file", NULL},
    {"officer list", "", 0, 0, OPTIONS_NODE, cmd_officer_list,
     "list the officers of the node's register", NULL},
    {"officer change", "", 0, 0,
     OPTIONS_NODE | OPTION(OPTION_OFFICERS) | OPTION(OPTION_DROP_OFFICER) | OPTION(OPTION_OUT),
     cmd_officer_change, "write the request that adds, changes or drops officers",
     "An officer added under a name that is there takes that place: a new key, other roles.\n"
     "Nothing changes until administrators approved it and `elchi officer register` hands it in."},
    {"officer register", "FILE", 1, 1,
     OPTIONS_OFFICER | OPTION(OPTION_APPROVAL) | OPTION(OPTION_OUT), cmd_officer_register,
     "change the register of approvers",
     "The file is the request by `elchi officer change`, or a whole register. Without --approval:\n"
     "writes the request that administrators approve with `elchi approve` (--out). With as many\n"
     "--approval as the register asks for: hands the change in."},
    {"serve", "", 0, 0, OPTION(OPTION_NODE), cmd_serve, "run the node", NULL},
    {"status", "", 0, 0, OPTIONS_NODE, cmd_status, "tell what the node is, holds and waits for",
     NULL},
    {"doctor", "", 0, 0, OPTIONS_NODE, cmd_doctor, "look for what is wrong", NULL},
    {"order challenge", "", 0, 0, OPTIONS_NODE | OPTION(OPTION_OUT), cmd_order_challenge,
     "ask the running keeper for a challenge: the request that roots sign an order for",
     "For a node that was restored and hears no quorum, or whose keeper stopped. The challenge\n"
     "is good once, and only until the node stops. Then: `elchi root order`, `elchi order apply`."},
    {"order apply", "FILE", 1, 1, OPTIONS_NODE, cmd_order_apply,
     "hand an order that the roots signed to the running keeper", NULL},
    {"community new", "", 0, 0,
     OPTION(OPTION_TITLE) | OPTION(OPTION_NAME) | OPTION(OPTION_QUORUM) | OPTION(OPTION_MEMBER) |
         OPTION(OPTION_OUT) | OPTION(OPTION_LANG),
     cmd_community_new, "compose a community file from States' first manifests", NULL},
    {"community show", "", 0, 0, OPTIONS_NODE | OPTION(OPTION_LANG), cmd_community_show,
     "show the community file applied at the node", NULL},
    {"community check", "FILE", 1, 1, OPTION(OPTION_LANG), cmd_community_check,
     "read a community file and print its fingerprints", NULL},
    {"community apply", "FILE", 1, 1,
     OPTIONS_OFFICER | OPTION(OPTION_APPROVAL) | OPTION(OPTION_OUT), cmd_community_apply,
     "apply a community file; a second one as a releasing officer",
     "The first one: compare the fingerprints by telephone before. The keeper takes its quorum\n"
     "from it. A later one takes the approvals of a register's change: --out writes the request."},
    {"community policy", "STATE", 1, 1, OPTIONS_NODE | OPTION(OPTION_OUT), cmd_community_policy,
     "print the C2SP policy derived for a State's log", NULL},
    {"keys show", "STATE", 1, 1, OPTIONS_NODE, cmd_keys_show, "show a State's key manifests", NULL},
    {"keys compare", "STATE GROUP...", 2, 7, OPTIONS_NODE, cmd_keys_compare,
     "compare a fingerprint read out by telephone; a wrong group is named", NULL},
    {"peer list", "", 0, 0, OPTIONS_NODE, cmd_peer_list, "list partners and what is on with each",
     NULL},
    {"peer set", "STATE", 1, 1,
     OPTIONS_NODE | OPTION(OPTION_ON) | OPTION(OPTION_OFF) | OPTION(OPTION_ENDPOINT), cmd_peer_set,
     "switch functions on or off for a partner; all are off at first",
     "Functions: exchange witness mirror relay receipts checks silence monitor, or all."},
    {"codebook list", "", 0, 0, OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK), cmd_codebook_list,
     "list the phrases", NULL},
    {"codebook show", "CODE", 1, 1, OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK),
     cmd_codebook_show, "show one phrase whole", NULL},
    {"codebook find", "WORDS...", 1, ANY, OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK),
     cmd_codebook_find, "find the phrase that is meant, by words of any language",
     "With --lang only in that language; else in all, those of $ELCHI_LANG first. Says why each\n"
     "phrase was found: an item of its words exactly or in part, its sentence, a situation, a "
     "table."},
    {"codebook compose", "", 0, 0,
     OPTION(OPTION_LANG) | OPTION(OPTION_THEIR_LANG) | OPTION(OPTION_CODEBOOK),
     cmd_codebook_compose, "compose lines one question at a time, with no node",
     "As `elchi compose`, but prints the lines for `elchi draft`."},
    {"codebook check", "", 0, 0, OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK), cmd_codebook_check,
     "check book and renderings against the rules", NULL},
    {"codebook render", "LINE...", 1, ANY,
     OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK) | OPTION(OPTION_FORM) | OPTION(OPTION_WIDTH),
     cmd_codebook_render, "render phrase lines in a language",
     "Forms: screen (wrapped; usual on a terminal), plain (a row for each sentence), print (pages\n"
     "of 66 lines to be signed) and line (one line of --width characters, for lists and pagers)."},
    {"codebook print", "", 0, 0, OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK), cmd_codebook_print,
     "print the whole book in Markdown",
     "As docs/codebook.md. With --lang the sentences of that language stand beside the English."},
    {"codebook files", "", 0, 0, OPTIONS_NODE, cmd_codebook_files,
     "list the codebook files in use at the node", NULL},
    {"codebook vouches", "", 0, 0, OPTIONS_NODE, cmd_codebook_vouches,
     "list which States vouch for which file", NULL},
    {"codebook add", "FILE", 1, 1, OPTIONS_OFFICER, cmd_codebook_add,
     "add a book or a rendering to those of the program, at this node",
     "The node checks it as `elchi codebook check` does and tells partners which books it holds.\n"
     "A rendering takes the place of the one in the same language of the same book. Officers who\n"
     "approve on a machine without a node give the same file there by --codebook."},
    {"codebook remove", "HASH", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_YES), cmd_codebook_remove,
     "remove a file that was added here", NULL},
    {"codebook speak", "LINE...", 1, ANY,
     OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK) | OPTION(OPTION_EXERCISE) | OPTION(OPTION_SMS),
     cmd_codebook_speak, "spell phrase lines for reading aloud, with check characters", NULL},
    {"codebook hear", "[FILE]", 0, 1, OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK),
     cmd_codebook_hear, "check blocks that were heard, and render their lines",
     "Standard input without FILE. One line of text is one block; where it holds \"=\", that ends "
     "a\n"
     "block, as in SMS. Everything that is wrong is listed at once, with what to ask for; nothing\n"
     "is guessed. A block said again is written below the others. What was heard is not proven."},
    {"compose", "", 0, 0,
     OPTIONS_OFFICER | OPTION(OPTION_THEIR_LANG) | OPTION(OPTION_ANSWERS) | OPTION(OPTION_TO) |
         OPTION(OPTION_FROM) | OPTION(OPTION_PRECEDENCE) | OPTION(OPTION_TLP) |
         OPTION(OPTION_MARKING) | OPTION(OPTION_EXERCISE) | OPTION(OPTION_TEXT) |
         OPTION(OPTION_ATTACH) | OPTION(OPTION_REPLACES),
     cmd_compose, "compose a message one question at a time, and keep it as a draft",
     "Asks to whom, what it is about, which phrase, and each value; after every line shows what "
     "the\n"
     "message says in --lang and in --their-lang. `?` helps, `<` goes one step back, `q` or the "
     "end\n"
     "of the input leaves and keeps nothing. With --answers REF it offers the answers that the\n"
     "message allows. Reads lines from a pipe as well. Times are UTC: 14:30, +4h, 2026-07-14 "
     "14:30."},
    {"draft", "LINE...", 1, ANY,
     OPTIONS_OFFICER | OPTION(OPTION_TO) | OPTION(OPTION_FROM) | OPTION(OPTION_PRECEDENCE) |
         OPTION(OPTION_TLP) | OPTION(OPTION_MARKING) | OPTION(OPTION_EXERCISE) |
         OPTION(OPTION_TEXT) | OPTION(OPTION_ATTACH) | OPTION(OPTION_REPLACES),
     cmd_draft, "write a message of phrases",
     "  elchi draft --from technical --to XB/technical --precedence IMMEDIATE --tlp AMBER \\\n"
     "      'N02 class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z' 'R01 "
     "by=2026-07-14T12:00:00Z'"},
    {"draft list", "", 0, 0, OPTIONS_OFFICER | OPTION(OPTION_ALL), cmd_draft_list, "list drafts",
     NULL},
    {"draft show", "DRAFT", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_OUT), cmd_draft_show,
     "show a draft; --out writes the request that officers approve", NULL},
    {"draft drop", "DRAFT", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_YES), cmd_draft_drop,
     "drop a draft", NULL},
    {"approve", "FILE", 1, 1,
     OPTION(OPTION_OFFICER) | OPTION(OPTION_PASSPHRASE) | OPTION(OPTION_LANG) | OPTION(OPTION_OUT) |
         OPTION(OPTION_DECISION) | OPTION(OPTION_UNTIL) | OPTION(OPTION_YES) |
         OPTION(OPTION_CODEBOOK),
     cmd_approve, "approve or refuse what a request asks, on a machine with no node", NULL},
    {"release", "DRAFT", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_APPROVAL), cmd_release,
     "let a draft leave as the State's word, with the approvals given", NULL},
    {"inbox", "", 0, 0, OPTIONS_OFFICER | OPTION(OPTION_LIMIT) | OPTION(OPTION_ALL), cmd_inbox,
     "list what came in", NULL},
    {"sent", "", 0, 0, OPTIONS_OFFICER | OPTION(OPTION_LIMIT) | OPTION(OPTION_ALL), cmd_sent,
     "list what went out", NULL},
    {"show", "REF", 1, 1,
     OPTIONS_OFFICER | OPTION(OPTION_OUT) | OPTION(OPTION_FORM) | OPTION(OPTION_WIDTH), cmd_show,
     "show a record: code, rendering, delivery, dialogue, proofs",
     "With --form print: pages of a message, in --lang and in English, this State first. With\n"
     "--form line: the message in one line. Both print nothing else."},
    {"speak", "REF", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_SMS), cmd_speak,
     "spell a record for reading aloud, with the check groups of its note",
     "What is read aloud is heard, not proven, until the record itself has come. Text and\n"
     "attachments are not spoken. The other side writes it down with `elchi hear`."},
    {"fax", "REF", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_THEIR_LANG) | OPTION(OPTION_OUT), cmd_fax,
     "lay a record out as pages of a fax: blocks, and its rendering in two languages", NULL},
    {"hear", "[FILE]", 0, 1, OPTIONS_OFFICER, cmd_hear,
     "write down a message that is read aloud; it is heard, not proven, until its record comes",
     "Standard input without FILE, or with -. Blocks are written as for `elchi codebook hear`. "
     "What "
     "is\n"
     "wrong is listed with what to ask for, and nothing is kept; what is whole is kept at the "
     "node.\n"
     "Nothing follows from it by itself, and it cannot be answered: once the record is here, it "
     "is\n"
     "compared, line by line and by the check groups of its note."},
    {"heard", "", 0, 0, OPTIONS_OFFICER, cmd_heard,
     "list what was heard, and whether the record came and agrees", NULL},
    {"heard show", "REF|ID", 1, 1, OPTIONS_OFFICER, cmd_heard_show, "show what was heard", NULL},
    {"heard drop", "REF|ID", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_YES), cmd_heard_drop,
     "drop what was heard", NULL},
    {"answer", "REF LINE...", 2, ANY,
     OPTIONS_OFFICER | OPTION(OPTION_FROM) | OPTION(OPTION_TO) | OPTION(OPTION_PRECEDENCE) |
         OPTION(OPTION_TLP) | OPTION(OPTION_MARKING) | OPTION(OPTION_EXERCISE) |
         OPTION(OPTION_TEXT) | OPTION(OPTION_ATTACH) | OPTION(OPTION_REPLACES),
     cmd_answer, "draft an answer to a message", NULL},
    {"withdraw", "REF", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_REASON), cmd_withdraw,
     "draft the withdrawal of a record of ours", NULL},
    {"vouch", "FILE", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_FROM), cmd_vouch,
     "draft the word that this State vouches for a rendering, or publishes its scale",
     "The file must be in use at the node, octet for octet (`elchi codebook files`). The record "
     "is\n"
     "open to all members. Where it is held, \"draft rendering\" gives way to the State's name; a\n"
     "file changed by one octet is a draft again. `elchi withdraw` takes it back."},
    {"attachment", "REF NAME", 2, 2, OPTIONS_OFFICER | OPTION(OPTION_OUT), cmd_attachment,
     "open an attachment into a file", NULL},
    {"erase", "REF [ATTACHMENT]", 1, 2,
     OPTIONS_OFFICER | OPTION(OPTION_APPROVAL) | OPTION(OPTION_OUT) | OPTION(OPTION_YES), cmd_erase,
     "destroy a body or an attachment here; the log still verifies",
     "Without --approval: writes the request that two officers with the role export approve with\n"
     "`elchi approve` (--out). With their approvals: asks, and destroys. It cannot be undone. The\n"
     "entry of the log remains, and so does what others hold. Attachments go first, one by one:\n"
     "only the body names them."},
    {"audit", "", 0, 0, OPTIONS_OFFICER | OPTION(OPTION_LIMIT), cmd_audit, "show the audit trail",
     NULL},
    {"verify", "ORIGIN", 1, 1, OPTIONS_NODE, cmd_verify, "check a log again from its first entry",
     NULL},
    {"proof request", "REF", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_OUT), cmd_proof_request,
     "write the request that two officers approve before a sealed record is disclosed", NULL},
    {"proof export", "REF", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_OUT) | OPTION(OPTION_APPROVAL),
     cmd_proof_export, "export the proof of a record; of a sealed one with two officers' approvals",
     NULL},
    {"proof verify", "FILE", 1, 1,
     OPTION(OPTION_COMMUNITY) | OPTION(OPTION_LANG) | OPTION(OPTION_CODEBOOK), cmd_proof_verify,
     "verify a proof with no node, no database and no network", NULL},
    {"evidence list", "", 0, 0, OPTIONS_NODE, cmd_evidence_list, "list evidence of two histories",
     NULL},
    {"evidence export", "HASH", 1, 1, OPTIONS_NODE | OPTION(OPTION_OUT), cmd_evidence_export,
     "write a piece of evidence to a file", NULL},
    {"evidence verify", "FILE", 1, 1, 0, cmd_evidence_verify, "verify evidence with no node", NULL},
    {"evidence take", "FILE", 1, 1, OPTIONS_NODE, cmd_evidence_take, "hand evidence to the node",
     NULL},
    {"bundle write", "", 0, 0,
     OPTIONS_NODE | OPTION(OPTION_TO) | OPTION(OPTION_OUT) | OPTION(OPTION_ALL), cmd_bundle_write,
     "write what a partner does not hold yet into a file for a courier", NULL},
    {"bundle read", "FILE", 1, 1, OPTIONS_NODE, cmd_bundle_read,
     "take in a courier's file; twice changes nothing", NULL},
    {"bundle show", "FILE", 1, 1, OPTIONS_NODE, cmd_bundle_show, "show what a courier's file holds",
     NULL},
    {"rebuild", "", 0, 0, OPTIONS_NODE, cmd_rebuild, "derive every view again from logs and bodies",
     NULL},
    {"backup", "", 0, 0, OPTIONS_NODE | OPTION(OPTION_RECIPIENT) | OPTION(OPTION_OUT), cmd_backup,
     "write the node as one age file to recovery recipients", NULL},
    {"restore", "FILE", 1, 1, OPTION(OPTION_NODE) | OPTION(OPTION_IDENTITY), cmd_restore,
     "unpack a backup into a new folder", NULL},
    {"restore accept-gap", "STATE", 1, 1, OPTIONS_OFFICER, cmd_accept_gap,
     "leave out numbers that records lost in a restore may have used",
     "After a restore nothing is released to a State while own records are not back from those\n"
     "who hold them. Wait for them first: `elchi status` counts the bodies that are waited for.\n"
     "When nobody can bring them, this leaves out as many numbers as are unopened, once; STATE is\n"
     "the addressee, or `all` for open records. It is kept in the audit trail."},
    {"test-body", "REF", 1, 1, OPTIONS_OFFICER | OPTION(OPTION_OUT), cmd_test_body,
     "write the sealed body of a record, an age file", NULL},
    {"test-identity", "", 0, 0, OPTIONS_NODE | OPTION(OPTION_OUT), cmd_test_identity,
     "write a demonstration's encryption identity; refused for any other node", NULL},
    {"test-note", "VKEY", 1, 1, 0, cmd_test_note, "verify a signed note on standard input", NULL},
    {"test-note-sign", "NAME", 1, 1, 0, cmd_test_note_sign, "sign a text with a new key", NULL},
    {"test-seal", "-r RECIPIENT...", 2, ANY, 0, cmd_test_seal, "seal standard input as an age file",
     NULL},
    {"test-open", "-i FILE", 2, 2, 0, cmd_test_open, "open an age file", NULL},
    {"test-log", "VKEY FOLDER", 2, 2, 0, cmd_test_log,
     "check a log in C2SP's static layout: signature, entries, every tile", NULL},
    {"test-log-make", "ORIGIN FOLDER N", 3, 3, 0, cmd_test_log_make,
     "make a log of N entries in that layout, with a new key",
     "Entry I is \"entry I\" and a line end. Prints the verifier key; the folder must be new.\n"
     "Other programs check it: any that reads C2SP tlog-tiles."},
    {"test-proof", "VKEY ENTRY", 2, 2, 0, cmd_test_proof, "check a tlog-proof on standard input",
     NULL},
    {"test-proof-make", "FOLDER INDEX", 2, 2, 0, cmd_test_proof_make,
     "make a tlog-proof of an entry of a log in static layout",
     "The path is checked before it is printed; the checkpoint's signature is for the reader."},
};

const struct command *command_table(size_t *ret_count)
{
    *ret_count = sizeof table / sizeof table[0];
    return table;
}
