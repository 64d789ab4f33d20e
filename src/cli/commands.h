// cli/commands.h - every command, by the file of its group.
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H
#include "cli/command.h"

// cli/cmd_found.c: roots, officers, founding
command_run cmd_root_new, cmd_root_show, cmd_root_sign, cmd_officer_new, cmd_init;
// cli/cmd_officer.c: the register
command_run cmd_officer_list, cmd_officer_change, cmd_officer_register;
// cli/cmd_node.c: running and keeping a node
command_run cmd_serve, cmd_status, cmd_doctor, cmd_verify, cmd_rebuild, cmd_backup, cmd_restore,
    cmd_accept_gap;
// cli/cmd_community.c: community, keys, partners
command_run cmd_community_new, cmd_community_show, cmd_community_check, cmd_community_apply,
    cmd_community_policy, cmd_keys_show, cmd_keys_compare, cmd_peer_list, cmd_peer_set;
// cli/cmd_write.c: drafts and what becomes of them
command_run cmd_draft, cmd_draft_list, cmd_draft_show, cmd_draft_drop, cmd_approve, cmd_release,
    cmd_answer, cmd_withdraw;
// cli/cmd_read.c: what came, what went
command_run cmd_inbox, cmd_sent, cmd_show, cmd_attachment, cmd_audit;
// cli/cmd_proof.c: proofs and evidence, most of it without a node
command_run cmd_proof_request, cmd_proof_export, cmd_proof_verify, cmd_evidence_list,
    cmd_evidence_export, cmd_evidence_verify, cmd_evidence_take;
// cli/cmd_order.c: orders of the roots to their keeper
command_run cmd_order_challenge, cmd_root_order, cmd_order_apply;
// cli/cmd_erase.c: what cannot be undone
command_run cmd_erase;
// cli/cmd_bundle.c: the courier's file
command_run cmd_bundle_write, cmd_bundle_read, cmd_bundle_show;
// cli/cmd_book.c: the codebook
command_run cmd_codebook_list, cmd_codebook_show, cmd_codebook_check, cmd_codebook_render;
// cli/cmd_compose.c: one question at a time
command_run cmd_compose, cmd_codebook_compose;
// cli/cmd_find.c: from words to a phrase
command_run cmd_codebook_find, cmd_codebook_print;
// cli/cmd_book_files.c: books and renderings beside the program's own
command_run cmd_vouch, cmd_codebook_vouches, cmd_codebook_files, cmd_codebook_add,
    cmd_codebook_remove;
// cli/cmd_speak.c: by voice, fax and SMS
command_run cmd_codebook_speak, cmd_codebook_hear, cmd_speak, cmd_fax;
// cli/cmd_heard.c: what was heard, at a node
command_run cmd_hear, cmd_heard, cmd_heard_show, cmd_heard_drop;
// cli/cmd_demo.c: what a demonstration leaves for other programs
command_run cmd_test_identity, cmd_test_body;
// cli/cmd_test.c: small tools that ship, for the field and for comparing with other programs
command_run cmd_test_note, cmd_test_note_sign, cmd_test_seal, cmd_test_open, cmd_test_proof;
// cli/cmd_test_log.c: logs in static layout
command_run cmd_test_log, cmd_test_log_make, cmd_test_proof_make;
#endif
