// base/limits.h - every bound on what others may send or a file may hold, with unit and reason.
//
// Holds: numbers. A parser that needs a bound names it here, so that one page shows them all.
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
    // -- notes, records, entries -----------------------------------------------------------------
    RECORD_BYTES_MAX = 65535, // DESIGN 5.1; the same as an entry, so that one buffer serves both
    // leaves a note room for its signature line: empty line, dash and spaces, name, base64, LF
    RECORD_TEXT_BYTES_MAX = 65535 - (1 + 5 + 255 + 92 + 1),
    RECORD_SEEN_MAX = 256,            // checkpoints of all other States of a community
    MESSAGE_TEXTS_MAX = 32,           // unofficial paragraphs of one message
    RECEIPT_TEXT_BYTES_MAX = 2048,    // a closed template with three origins
    ENTRY_COMMITMENT_BYTES_MAX = 250, // DESIGN 5.2
    APPROVAL_TEXT_BYTES_MAX = 1024,   // seven short lines; orders of the roots too
    ENTRY_BYTES_MAX = 65535,          // C2SP tlog-tiles: u16 length
    NOTE_SIGNATURES_MAX =
        64, // C2SP asks for 16 at least; a checkpoint of 40 States with two roles, rounded
    NOTE_BYTES_MAX = 131072,  // a record, or a checkpoint with 64 lines of 330 octets, with room
    KEY_NAME_BYTES_MAX = 255, // C2SP, ML-DSA form of a cosigner's name
    ORIGIN_BYTES_MAX = 200,   // leaves room for "/coordination" and "/officer/NAME" in a key name
    PROOF_HASHES_MAX = 63,    // C2SP tlog-witness
    NOTE_SIGNATURE_BYTES_MAX = 8192, // of one line; ML-DSA-44 with its time has 2428
    CHECKPOINT_BYTES_MAX = 4096,     // a text with origin, size, root; extension lines are rare
    MANIFEST_SIGNATURES_MAX = 32,    // DESIGN 5.1
    MANIFEST_ROOTS_MAX = 16,         // two generations of 16 fill the 32 signatures
    CHAIN_BYTES_MAX = 1048576,       // DESIGN 5.4: POST /keys
    // -- community -------------------------------------------------------------------------------
    COMMUNITY_BYTES_MAX = 1048576, // 200 States with names in 30 languages
    COMMUNITY_STATES_MAX = 256,    // more than the States of the world
    POLICY_BYTES_MAX = 1048576,    // one line per witness and mirror of 256 States
    POLICY_ITEMS_MAX =
        1024, // logs, witnesses, groups, each: 256 States, two cosigners each, doubled
    COMMUNITY_NAMES_MAX = 64,             // languages of one name
    COMMUNITY_NAME_BYTES_MAX = 512,       // the longest long form is below 200
    COMMUNITY_ENDPOINTS_MAX = 8,          // of one State
    COMMUNITY_DURATION_S_MAX = 315360000, // ten years of 365 days
    COMMUNITY_GROUPS_MAX = 64,            // more than the regions of the world
    CHAIN_VERSIONS_MAX = 512,             // what fits into CHAIN_BYTES_MAX
    PROOF_FILE_BYTES_MAX = 67108864,      // a community, and full chains of 60 cosigners
    REGISTER_BYTES_MAX = 262144,          // 500 officers and 500 rules
    REGISTER_OFFICERS_MAX = 512,          // of one State and community
    REGISTER_RULES_MAX = 512,             // every type by every desk, with room
    REGISTER_APPROVALS_MAX = 16,          // notes brought for one decision
    OFFICER_NAME_CHARS_MAX = 64,          // as a file name of ours (text_is_file_name)
    CLERK_CONNECTIONS_MAX = 64,           // commands at the local socket at one moment
    CLERK_ROWS_MAX = 200,                 // of one list; a longer one is asked for page by page
    CLERK_BODIES_MAX = 256,               // small bodies in one frame and one durable step
    HEARD_KEPT_MAX = 200,                 // heard messages a node keeps; all of them are one list
    // -- bodies ----------------------------------------------------------------------------------
    AGE_HEADER_BYTES_MAX = 65536, // 600 recipients; a sealed body has two
    AGE_CHUNK_BYTES = 65536,      // age v1: plaintext octets of a chunk
    AGE_RECIPIENTS_MAX = 600,     // what fits the header above
    BODY_BYTES_MAX = 131072,      // inner header, a record, Padme's 12 percent, age's frame
    ATTACHMENT_COUNT_MAX = 32,    // of one record
    BLOB_CHUNK_BYTES = 65536,     // a row of a stored blob; memory per blob in flight
    // -- frames between processes and peers
    FRAME_BYTES_MAX = 1048576,    // FORMATS 7: a batch; also between our own processes
    CODEBOOK_BYTES_MAX = 1048576, // 120 phrases are 60 KiB
    PARAMETER_BYTES_MAX = 2048,   // one value; a URL is the longest
    CONFIG_BYTES_MAX = 65536,     // a node's configuration file
    BUNDLE_MEMBERS_MAX = 100000,  // a courier's file; index lines are about 120 octets
    // -- the keyring -----------------------------------------------------------------------------
    KEYRING_SECRETS_MAX = 1024, // a node has about twenty; old encryption keys stay a while
    KEYRING_SECRET_BYTES_MAX = 4096,
    KEYRING_NAME_BYTES_MAX = 255, // as a key name
    KEYRING_BYTES_MAX = 1048576,  // the file; 1024 usual secrets are 100 KiB
    KEYRING_PASSES_MAX = 64,      // a file may not ask for more work than this ...
    KEYRING_KIB_MAX = 1048576,    // ... in 1 GiB of memory
    // -- HTTP
    HTTP_CONNECTION_BYTES_MAX = 32768,  // memory of one connection: head, and a piece of a body
    HTTP_TARGET_BYTES_MAX = 8192,       // a long search; every browser sends less
    HTTP_HEADERS_MAX = 100,             // fields of a request; browsers send about 20
    HTTP_SEGMENTS_MAX = 32,             // of a path; ours have at most 8
    HTTP_PARAMS_MAX = 1000,             // of a query or form; the largest form has about 200
    HTTP_REQUEST_BYTES_MAX = 67108864,  // memory of one request: body, text, answer
    HTTP_COLLECT_BYTES_MAX = 16777216,  // a body in memory; larger ones need a sink
    HTTP_DRAIN_BYTES_MAX = 65536,       // read past a refusal so that the peer sees it, then cut
    HTTP_CONNECTIONS_MAX = 1000,        // 43 kB each with TLS
    HTTP_PER_ADDRESS_MAX = 64,          // a ministry behind one address
    HTTP_HEAD_MS = 20000,               // from accept or last answer to a whole head
    HTTP_CERTIFICATE_BYTES_MAX = 16384, // of a peer; ours has about 250
    HTTP_CONNECT_MS = 10000,            // FORMATS 7
    HTTP_STALL_S = 30,                  // FORMATS 7: no progress
    HTTP_BODY_BYTES_PER_S = 100,        // slower on average than this (after HTTP_STALL_S) is cut
    HTTP_WAIT_MS_MAX = 120000,          // a long poll; FORMATS 7 asks for 60 s
    HTTP_REFUSAL_BYTES_MAX = 4096,      // of a peer's sentence that is read
    HTTP_ANSWER_HEAD_BYTES_MAX = 32768, // field lines of an answer
};

// The largest blob (attachment, bundle member), octets. 1 GiB: thirty ATT&CK bundles.
#define BLOB_BYTES_MAX (UINT64_C(1) << 30)
// Sizes of trees stay below 2^63 (refs: C2SP strictness).
#define TREE_SIZE_MAX (UINT64_C(9223372036854775807))
#endif
