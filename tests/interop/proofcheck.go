// A proof file of elchi (FORMATS section 9), read and verified from its drawing alone: x/mod's notes
// and trees, and what this file spells out. It shares no line with elchi.
//
//	record DIR PLAIN              verifies DIR/proof, anchored by DIR/community: the author's
//	                              manifest, the note's signature, the commitment, the body, the
//	                              checkpoint, its cosignatures by DIR/policy, inclusion. PLAIN is
//	                              what `age` made of DIR/body.age. An error begins with its step.
//	alter PROOF SECTION TEXT SKIP changes the octet SKIP after the first TEXT in a section and fits
//	                              the closing hash anew; prints the altered proof
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func hashText(octets []byte) string {
	sum := sha256.Sum256(octets)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// -- the frame --------------------------------------------------------------------------------------

type section struct {
	name string
	data []byte
}

func readFrame(file []byte) ([]section, error) {
	const first = "elchi proof v1\n"
	if !bytes.HasPrefix(file, []byte(first)) {
		return nil, errors.New("not a proof file")
	}
	var sections []section
	rest := file[len(first):]
	for {
		before := len(file) - len(rest)
		line, more, found := bytes.Cut(rest, []byte("\n"))
		if !found {
			return nil, errors.New("it ends without a closing line")
		}
		at := bytes.LastIndexByte(line, ' ')
		if at < 0 {
			return nil, fmt.Errorf("malformed line %q", line)
		}
		name, value := string(line[:at]), string(line[at+1:])
		if name == "end" {
			if value != hashText(file[:before]) || len(more) != 0 {
				return nil, errors.New("the closing hash does not fit")
			}
			return sections, nil
		}
		size, err := strconv.Atoi(value)
		if err != nil || size < 0 || size > len(more) || strconv.Itoa(size) != value {
			return nil, fmt.Errorf("malformed size of %s", name)
		}
		sections = append(sections, section{name, more[:size]})
		rest = more[size:]
	}
}

func writeFrame(sections []section) []byte {
	var out bytes.Buffer
	out.WriteString("elchi proof v1\n")
	for _, s := range sections {
		fmt.Fprintf(&out, "%s %d\n", s.name, len(s.data))
		out.Write(s.data)
	}
	fmt.Fprintf(&out, "end %s\n", hashText(out.Bytes()))
	return out.Bytes()
}

// the one section of this name
func find(sections []section, name string) ([]byte, error) {
	var found []byte
	count := 0
	for _, s := range sections {
		if s.name == name {
			found = s.data
			count++
		}
	}
	if count != 1 {
		return nil, fmt.Errorf("%d sections %q", count, name)
	}
	return found, nil
}

// '1' and '2' are digits of decimal, hex and base64 alike: what is altered stays well-formed.
func alter(args []string) error {
	file, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	sections, err := readFrame(file)
	if err != nil {
		return err
	}
	data, err := find(sections, args[1])
	if err != nil {
		return err
	}
	skip, err := strconv.Atoi(args[3])
	at := bytes.Index(data, []byte(args[2]))
	if err != nil || at < 0 || at+len(args[2])+skip >= len(data) {
		return fmt.Errorf("no %q so far before the end of %s", args[2], args[1])
	}
	octet := &data[at+len(args[2])+skip]
	if *octet == '1' {
		*octet = '2'
	} else {
		*octet = '1'
	}
	_, err = os.Stdout.Write(writeFrame(sections))
	return err
}

// -- who speaks: community and manifest -------------------------------------------------------------

// value gives what stands behind "word " in the only line that begins so.
func value(text, word string) (string, error) {
	var found []string
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, word+" ") {
			found = append(found, line[len(word)+1:])
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d lines %q", len(found), word)
	}
	return found[0], nil
}

// stateOf gives the lines of the community that belong to the State of an origin.
func stateOf(community, origin string) (string, error) {
	for _, part := range strings.Split(community, "\nstate ")[1:] {
		if strings.Contains(part, "\norigin "+origin+"\n") {
			return "code " + part, nil
		}
	}
	return "", fmt.Errorf("the community names no State of %s", origin)
}

// founding reads a chain that holds its first manifest alone, as every demonstration's does: the
// community names its hash, and its own roots signed it.
func founding(chain []byte, genesis string) (string, error) {
	if len(chain) < 12 || int(binary.BigEndian.Uint32(chain[8:])) != len(chain)-12 {
		return "", errors.New("this program reads founding manifests only")
	}
	if binary.BigEndian.Uint64(chain) != 0 {
		return "", errors.New("the first manifest does not stand at entry 0")
	}
	msg := chain[12:]
	at := bytes.LastIndex(msg, []byte("\n\n"))
	if at < 0 || hashText(msg[:at+1]) != genesis {
		return "", errors.New("not the manifest whose hash the community names")
	}
	text := string(msg[:at+1])
	word, err := value(text, "threshold")
	if err != nil {
		return "", err
	}
	threshold, err := strconv.Atoi(word)
	if err != nil || threshold < 1 {
		return "", errors.New("malformed threshold")
	}
	var roots []note.Verifier
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "root ") {
			root, err := verifier(line[5:])
			if err != nil {
				return "", err
			}
			roots = append(roots, root)
		}
	}
	n, err := note.Open(msg, note.VerifierList(roots...))
	if err != nil {
		return "", err
	}
	if len(n.Sigs) < threshold || len(n.UnverifiedSigs) > 0 {
		return "", fmt.Errorf("%d roots signed, %d must", len(n.Sigs), threshold)
	}
	return n.Text, nil
}

// keyOf gives the key that a manifest names for a role; its name must be the role's.
func keyOf(manifest, role, name string) (string, error) {
	vkey, err := value(manifest, "key "+role)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(vkey, name+"+") {
		return "", fmt.Errorf("the key for %s is not named %s", role, name)
	}
	return vkey, nil
}

// -- what was said: note, commitment, body ----------------------------------------------------------

func checkCommit(entry, blind, record []byte) error {
	commit, err := value(string(entry), "commit")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(record)
	said := append([]byte("elchi commit v1\x00"), blind...)
	if len(blind) != 32 || hashText(append(said, sum[:]...)) != commit {
		return errors.New("blind and note are not what the entry commits to")
	}
	return nil
}

func checkBody(entry, body []byte) error {
	named, err := value(string(entry), "body")
	if err != nil {
		return err
	}
	if named != fmt.Sprintf("%s %d", hashText(body), len(body)) {
		return errors.New("not the body that the entry names")
	}
	return nil
}

// padme gives the length to which a sealed body of n octets is filled up.
func padme(n int) int {
	e := bits.Len(uint(n)) - 1
	mask := 1<<uint(e-bits.Len(uint(e))) - 1
	return (n + mask) &^ mask
}

func checkPlain(plain, blind, record []byte, origin, to string) error {
	wanted := fmt.Sprintf("elchi body v1\norigin %s\nto %s\nblind %s\nnote %d\n\n", origin, to,
		hex.EncodeToString(blind), len(record))
	whole := append([]byte(wanted), record...)
	whole = append(whole, make([]byte, padme(len(whole))-len(whole))...)
	if !bytes.Equal(plain, whole) {
		return errors.New("the opened body does not hold this note")
	}
	return nil
}

// -- where it stands: checkpoint, cosignatures, inclusion ---------------------------------------------

// policy is a C2SP tlog-policy: who must have cosigned.
type policy struct {
	log       string
	witnesses map[string]string // by name: the key
	groups    map[string][]string
	quorum    string
}

func readPolicy(file string) (policy, error) {
	p := policy{witnesses: map[string]string{}, groups: map[string][]string{}}
	text, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) >= 2 && words[0] == "log":
			p.log = words[1]
		case len(words) >= 3 && words[0] == "witness":
			p.witnesses[words[1]] = words[2]
		case len(words) >= 4 && words[0] == "group":
			p.groups[words[1]] = words[2:]
		case len(words) == 2 && words[0] == "quorum":
			p.quorum = words[1]
		default:
			return p, fmt.Errorf("malformed line of the policy: %q", line)
		}
	}
	return p, nil
}

// met says whether the witnesses that signed satisfy a witness or a group.
func (p policy) met(name string, signed map[string]bool) bool {
	group, isGroup := p.groups[name]
	if !isGroup {
		return signed[p.witnesses[name]]
	}
	count := 0
	for _, member := range group[1:] {
		if p.met(member, signed) {
			count++
		}
	}
	switch group[0] {
	case "any":
		return count > 0
	case "all":
		return count == len(group)-1
	}
	k, err := strconv.Atoi(group[0])
	return err == nil && count >= k
}

func checkCosigned(msg []byte, p policy) (int, error) {
	known := map[string]string{} // "name hash": the key
	var verifiers []note.Verifier
	for _, vkey := range p.witnesses {
		v, err := verifier(vkey)
		if err != nil {
			return 0, err
		}
		verifiers = append(verifiers, v)
		known[fmt.Sprint(v.Name(), v.KeyHash())] = vkey
	}
	n, err := note.Open(msg, note.VerifierList(verifiers...))
	if err != nil {
		return 0, err
	}
	signed := map[string]bool{}
	for _, s := range n.Sigs {
		signed[known[fmt.Sprint(s.Name, s.Hash)]] = true
	}
	if !p.met(p.quorum, signed) {
		return 0, errors.New("the quorum of the policy is not met")
	}
	return len(n.Sigs), nil
}

type placed struct {
	index int64
	path  tlog.RecordProof
	note  []byte
}

func readProof(text []byte) (placed, error) {
	var p placed
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return p, errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return p, errors.New("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return p, err
	}
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			return p, errors.New("malformed hash")
		}
		var h tlog.Hash
		copy(h[:], hash)
		p.path = append(p.path, h)
	}
	p.index, p.note = index, signed
	return p, nil
}

// -- one record, whole ------------------------------------------------------------------------------

type evidence struct {
	dir, plain                          string
	community, record, blind, entry     []byte
	sections                            []section
	place                               placed
	origin, author, to, manifest, logBy string
	size                                int64
	cosigned                            int
}

func (e *evidence) frame() error {
	file, err := os.ReadFile(filepath.Join(e.dir, "proof"))
	if err != nil {
		return err
	}
	if e.sections, err = readFrame(file); err != nil {
		return err
	}
	for name, to := range map[string]*[]byte{"community": &e.community, "note": &e.record,
		"blind": &e.blind, "entry": &e.entry} {
		if *to, err = find(e.sections, name); err != nil {
			return err
		}
	}
	text, err := find(e.sections, "tlog-proof")
	if err != nil {
		return err
	}
	e.place, err = readProof(text)
	return err
}

func (e *evidence) anchor() error {
	outside, err := os.ReadFile(filepath.Join(e.dir, "community"))
	if err == nil && !bytes.Equal(outside, e.community) {
		return errors.New("not the community that was given from outside")
	}
	return err
}

// manifests finds out who speaks: from the note's own words, by the community's genesis hash.
func (e *evidence) manifests() error {
	var err error
	var from, to, state, genesis string
	if e.origin, err = value(string(e.record), "log"); err != nil {
		return err
	}
	if from, err = value(string(e.record), "from"); err != nil {
		return err
	}
	if to, err = value(string(e.record), "to"); err != nil {
		return err
	}
	if state, err = stateOf(string(e.community), e.origin); err != nil {
		return err
	}
	code, desk, _ := strings.Cut(from, "/")
	if !strings.HasPrefix(state, "code "+code+"\n") {
		return fmt.Errorf("%s is not the State of %s", code, e.origin)
	}
	if genesis, err = value(state, "genesis"); err != nil {
		return err
	}
	chain, err := find(e.sections, "keys "+e.origin)
	if err != nil {
		return err
	}
	if e.manifest, err = founding(chain, genesis); err != nil {
		return err
	}
	if e.logBy, err = keyOf(e.manifest, "log", e.origin); err != nil {
		return err
	}
	e.author, err = keyOf(e.manifest, desk, e.origin+"/"+desk)
	e.to, _, _ = strings.Cut(to, "/")
	return err
}

func (e *evidence) signed() error {
	n, err := openNote(e.record, []string{e.author})
	if err == nil && len(n.UnverifiedSigs) > 0 {
		return errors.New("a record has exactly one signature")
	}
	return err
}

func (e *evidence) committed() error { return checkCommit(e.entry, e.blind, e.record) }

func (e *evidence) body() error {
	octets, err := os.ReadFile(filepath.Join(e.dir, "body.age"))
	if err != nil {
		return err
	}
	return checkBody(e.entry, octets)
}

// opened checks the inside: the addressee's origin is the community's word for the State in `to`.
func (e *evidence) opened() error {
	plain, err := os.ReadFile(e.plain)
	if err != nil {
		return err
	}
	_, state, found := strings.Cut(string(e.community), "\nstate "+e.to+"\n")
	if !found {
		return fmt.Errorf("the community names no State %s", e.to)
	}
	state, _, _ = strings.Cut(state, "\nstate ")
	origin, err := value(state, "origin")
	if err != nil {
		return err
	}
	return checkPlain(plain, e.blind, e.record, e.origin, origin)
}

func (e *evidence) included() error {
	c, err := openCheckpoint(e.place.note, e.logBy)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(e.entry)
	return tlog.CheckRecord(e.place.path, c.tree.N, c.tree.Hash, e.place.index, leaf)
}

func (e *evidence) checkpoint() error {
	c, err := openCheckpoint(e.place.note, e.logBy)
	if err == nil && c.origin != e.origin {
		return errors.New("a checkpoint of another log")
	}
	e.size = c.tree.N
	return err
}

func (e *evidence) cosignatures() error {
	p, err := readPolicy(filepath.Join(e.dir, "policy"))
	if err != nil {
		return err
	}
	if p.log != e.logBy {
		return errors.New("the policy is for another log key")
	}
	e.cosigned, err = checkCosigned(e.place.note, p)
	return err
}

func record(args []string) error {
	e := &evidence{dir: args[0], plain: args[1]}
	steps := []struct {
		name string
		call func() error
	}{
		{"frame", e.frame}, {"anchor", e.anchor}, {"manifest", e.manifests}, {"note", e.signed},
		{"commit", e.committed}, {"body", e.body}, {"plaintext", e.opened},
		{"checkpoint", e.checkpoint}, {"cosignatures", e.cosignatures}, {"inclusion", e.included},
	}
	for _, step := range steps {
		if err := step.call(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	ref, err := value(string(e.record), "ref")
	fmt.Printf("ok %s at %d of %d of %s, cosigned %d times\n", ref, e.place.index, e.size, e.origin,
		e.cosigned)
	return err
}
