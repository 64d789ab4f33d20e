// notecheck reads and makes signed notes, checkpoints, tiles and proofs with the packages of Go's
// checksum database (golang.org/x/mod/sumdb), so that elchi is compared with a program that shares
// no line with it. Debian's golang-golang-x-mod-dev builds it with no network:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o notecheck *.go
//
// Every command prints one line and exits 0, or says on stderr what is wrong and exits 1.
//
//	keygen NAME SKEY-FILE         makes an Ed25519 note key; prints its verifier key
//	sign SKEY-FILE                signs the text on stdin; prints the note
//	verify VKEY... <note          every key given must have signed; types 0x01 and 0x04 (cosignature)
//	tree ORIGIN SKEY-FILE DIR N   makes a log of N entries "entry I\n" in C2SP's static layout:
//	                              DIR/checkpoint, DIR/tile/L/N, DIR/tile/entries/N
//	log VKEY DIR                  checks such a log: signature, every entry's leaf hash, every tile,
//	                              the root; prints "ok ORIGIN SIZE ROOT"
//	inclusion VKEY DIR INDEX      proves entry INDEX from the tiles of DIR and checks the proof
//	consistency OLD-NOTE VKEY DIR proves that DIR extends the checkpoint in OLD-NOTE, from its tiles
//	prove VKEY DIR INDEX          prints a c2sp.org/tlog-proof@v1 of entry INDEX, from the tiles
//	proof VKEY ENTRY-FILE <proof  checks a c2sp.org/tlog-proof@v1 file for the entry's bytes
//	record, alter                 see proofcheck.go
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "notecheck:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	commands := map[string]struct {
		least int
		call  func([]string) error
	}{
		"keygen": {2, keygen}, "sign": {1, sign}, "verify": {1, verify}, "tree": {4, tree},
		"log": {2, checkLog}, "inclusion": {3, inclusion}, "consistency": {3, consistency},
		"proof": {2, proof}, "prove": {3, prove}, "record": {2, record},
		"alter": {4, alter},
	}
	if len(args) == 0 {
		return errors.New("no command; see the top of notecheck.go")
	}
	command, known := commands[args[0]]
	if !known || len(args)-1 < command.least {
		return fmt.Errorf("no such command or too few words: %q", args)
	}
	return command.call(args[1:])
}

// -- notes ------------------------------------------------------------------------------------------

func keygen(args []string) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, args[0])
	if err != nil {
		return err
	}
	fmt.Println(vkey)
	return os.WriteFile(args[1], []byte(skey+"\n"), 0600)
}

func signer(file string) (note.Signer, error) {
	skey, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return note.NewSigner(strings.TrimSuffix(string(skey), "\n"))
}

func sign(args []string) error {
	key, err := signer(args[0])
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, key)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(signed)
	return err
}

// cosigner verifies C2SP tlog-cosignature version 1, which the package does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

func verifier(vkey string) (note.Verifier, error) {
	// name+hash+base64: the last part may itself hold a plus, a name may not
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return note.NewVerifier(vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the verifier key's hash does not fit")
	}
	return &cosigner{parts[0], hash, ed25519.PublicKey(key[1:])}, nil
}

func openNote(msg []byte, vkeys []string) (*note.Note, error) {
	var known []note.Verifier
	for _, vkey := range vkeys {
		v, err := verifier(vkey)
		if err != nil {
			return nil, err
		}
		known = append(known, v)
	}
	n, err := note.Open(msg, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	if len(n.Sigs) != len(known) {
		return nil, fmt.Errorf("%d of %d keys signed", len(n.Sigs), len(known))
	}
	return n, nil
}

func verify(args []string) error {
	msg, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	n, err := openNote(msg, args)
	if err != nil {
		return err
	}
	fmt.Printf("ok %d of %d signatures\n", len(n.Sigs), len(n.Sigs)+len(n.UnverifiedSigs))
	return nil
}

// -- checkpoints and tiles --------------------------------------------------------------------------

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func openCheckpoint(msg []byte, vkey string) (checkpoint, error) {
	var c checkpoint
	n, err := openNote(msg, []string{vkey})
	if err != nil {
		return c, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] == "" {
		return c, errors.New("a checkpoint of this project has exactly three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, errors.New("malformed size")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, errors.New("malformed root")
	}
	c.origin = lines[0]
	c.tree.N = size
	copy(c.tree.Hash[:], root)
	return c, nil
}

func readCheckpoint(vkey, dir string) (checkpoint, error) {
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return checkpoint{}, err
	}
	return openCheckpoint(msg, vkey)
}

// path names a tile as C2SP does: no height, and "entries" for what the package calls data.
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), "tile/8/")
	return filepath.FromSlash("tile/" + strings.Replace(p, "data/", "entries/", 1))
}

func tileOf(level int, n int64, width int) tlog.Tile {
	return tlog.Tile{H: tileHeight, L: level, N: n, W: width}
}

// rows gives every tile of a level for a level's count of hashes: full ones, then a partial one.
func rows(level int, count int64) []tlog.Tile {
	var tiles []tlog.Tile
	for n := int64(0); n*256 < count; n++ {
		width := count - n*256
		if width > 256 {
			width = 256
		}
		tiles = append(tiles, tileOf(level, n, int(width)))
	}
	return tiles
}

func entriesOf(dir string, tile tlog.Tile) ([][]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, path(tile)))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s ends inside an entry", path(tile))
		}
		size := int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:2+size])
		data = data[2+size:]
	}
	if len(entries) != tile.W {
		return nil, fmt.Errorf("%s holds %d entries, not %d", path(tile), len(entries), tile.W)
	}
	return entries, nil
}

// storage keeps every hash of a tree by the package's own numbering.
type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes = append(hashes, s[index])
	}
	return hashes, nil
}

func (s *storage) add(n int64, entry []byte) error {
	hashes, err := tlog.StoredHashes(n, entry, *s)
	if err != nil {
		return err
	}
	*s = append(*s, hashes...)
	return nil
}

func checkLog(args []string) error {
	vkey, dir := args[0], args[1]
	c, err := readCheckpoint(vkey, dir)
	if err != nil {
		return err
	}
	var all storage
	var count int64
	for _, tile := range rows(-1, c.tree.N) {
		entries, err := entriesOf(dir, tile)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := all.add(count, entry); err != nil {
				return err
			}
			count++
		}
	}
	for level, hashes := 0, c.tree.N; hashes > 0; level, hashes = level+1, hashes/256 {
		for _, tile := range rows(level, hashes) {
			wanted, err := tlog.ReadTileData(tile, all)
			if err != nil {
				return err
			}
			held, err := os.ReadFile(filepath.Join(dir, path(tile)))
			if err != nil {
				return err
			}
			if !bytes.Equal(held, wanted) {
				return fmt.Errorf("%s is not what its entries hash to", path(tile))
			}
		}
	}
	root, err := treeHash(c.tree.N, all)
	if err != nil {
		return err
	}
	if root != c.tree.Hash {
		return fmt.Errorf("the entries hash to %v, the checkpoint says %v", root, c.tree.Hash)
	}
	fmt.Println("ok", c.origin, c.tree.N, root)
	return nil
}

// treeHash gives the root; the package's own has no answer for the empty tree.
func treeHash(n int64, r tlog.HashReader) (tlog.Hash, error) {
	if n == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(n, r)
}

// folder reads tiles from files; the package checks each against the tree's root before using it.
type folder struct{ dir string }

func (f folder) Height() int                                { return tileHeight }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(f.dir, path(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func inclusion(args []string) error {
	vkey, dir := args[0], args[1]
	index, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	c, err := readCheckpoint(vkey, dir)
	if err != nil {
		return err
	}
	if index < 0 || index >= c.tree.N {
		return fmt.Errorf("no entry %d in a tree of %d", index, c.tree.N)
	}
	width := c.tree.N - index/256*256
	if width > 256 {
		width = 256
	}
	entries, err := entriesOf(dir, tileOf(-1, index/256, int(width)))
	if err != nil {
		return err
	}
	path, err := tlog.ProveRecord(c.tree.N, index, tlog.TileHashReader(c.tree, folder{dir}))
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(entries[index%256])
	if err := tlog.CheckRecord(path, c.tree.N, c.tree.Hash, index, leaf); err != nil {
		return err
	}
	fmt.Println("ok", index, "of", c.tree.N, leaf)
	return nil
}

func consistency(args []string) error {
	vkey, dir := args[1], args[2]
	msg, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	old, err := openCheckpoint(msg, vkey)
	if err != nil {
		return err
	}
	c, err := readCheckpoint(vkey, dir)
	if err != nil {
		return err
	}
	if old.origin != c.origin || old.tree.N > c.tree.N || old.tree.N == 0 {
		return errors.New("not an older checkpoint of the same log")
	}
	path, err := tlog.ProveTree(c.tree.N, old.tree.N, tlog.TileHashReader(c.tree, folder{dir}))
	if err != nil {
		return err
	}
	err = tlog.CheckTree(path, c.tree.N, c.tree.Hash, old.tree.N, old.tree.Hash)
	if err != nil {
		return err
	}
	fmt.Println("ok", old.tree.N, "to", c.tree.N)
	return nil
}

func prove(args []string) error {
	vkey, dir := args[0], args[1]
	index, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	c, err := readCheckpoint(vkey, dir)
	if err != nil {
		return err
	}
	path, err := tlog.ProveRecord(c.tree.N, index, tlog.TileHashReader(c.tree, folder{dir}))
	if err != nil {
		return err
	}
	msg, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	fmt.Printf("c2sp.org/tlog-proof@v1\nindex %d\n", index)
	for _, hash := range path {
		fmt.Println(hash)
	}
	fmt.Printf("\n%s", msg)
	return nil
}

func proof(args []string) error {
	entry, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	p, err := readProof(text)
	if err != nil {
		return err
	}
	c, err := openCheckpoint(p.note, args[0])
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(entry)
	if err := tlog.CheckRecord(p.path, c.tree.N, c.tree.Hash, p.index, leaf); err != nil {
		return err
	}
	fmt.Println("ok", p.index, "of", c.tree.N, c.origin)
	return nil
}

// -- a log for the other side to check --------------------------------------------------------------

func put(dir, name string, data []byte) error {
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0777); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0666)
}

func tree(args []string) error {
	origin, dir := args[0], args[2]
	key, err := signer(args[1])
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(args[3], 10, 64)
	if err != nil || size < 0 {
		return errors.New("malformed count")
	}
	var all storage
	for n := int64(0); n < size; n++ {
		if err := all.add(n, []byte(fmt.Sprintf("entry %d\n", n))); err != nil {
			return err
		}
	}
	for _, tile := range rows(-1, size) {
		var bundle []byte
		for n := tile.N * 256; n < tile.N*256+int64(tile.W); n++ {
			entry := fmt.Sprintf("entry %d\n", n)
			bundle = append(bundle, byte(len(entry)>>8), byte(len(entry)))
			bundle = append(bundle, entry...)
		}
		if err := put(dir, path(tile), bundle); err != nil {
			return err
		}
	}
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes/256 {
		for _, tile := range rows(level, hashes) {
			data, err := tlog.ReadTileData(tile, all)
			if err != nil {
				return err
			}
			if err := put(dir, path(tile), data); err != nil {
				return err
			}
		}
	}
	root, err := treeHash(size, all)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
	signed, err := note.Sign(&note.Note{Text: text}, key)
	if err != nil {
		return err
	}
	if err := put(dir, "checkpoint", signed); err != nil {
		return err
	}
	fmt.Println("ok", origin, size, root)
	return nil
}
