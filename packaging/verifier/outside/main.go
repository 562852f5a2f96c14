// Verifies an export of the record with the code that verifies Go's own checksum database: the packages note and
// tlog of golang.org/x/mod. Nothing of accessctl is in it. How it is run: docs/record.md.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	log.SetFlags(0)
	dir := os.Args[1]
	verifier := must(note.NewVerifier(strings.TrimSpace(string(read(dir, "vkey.txt")))))
	tree := head(read(dir, "checkpoint"), verifier)
	fmt.Printf("checkpoint: signature good, %d entries, root %s\n", tree.N, tree.Hash)
	entries(dir, tree)
	tiles(dir, tree)
	if _, err := os.Stat(filepath.Join(dir, "consistency")); err == nil {
		consistency(dir, tree, verifier)
	}
	for _, path := range os.Args[2:] {
		proof(path, verifier)
	}
}

// head checks a signed note and gives the tree that it tells of.
func head(written []byte, verifier note.Verifier) tlog.Tree {
	opened := must(note.Open(written, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("the checkpoint is of %s", lines[0])
	}
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}
}

// entries builds the tree anew from the entries alone.
func entries(dir string, tree tlog.Tree) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n := int64(0); n < tree.N; {
		data := read(dir, path("entries", n/256, min(256, tree.N-n)))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			stored = append(stored, must(tlog.StoredHashes(n, data[2:2+length], reader))...)
			data, n = data[2+length:], n+1
		}
	}
	if root := must(tlog.TreeHash(tree.N, reader)); root != tree.Hash {
		log.Fatalf("the entries give the root %s", root)
	}
	fmt.Println("entries: they give the signed root")
}

// tiles reads every hash of a leaf through the tiles, each of which is held against the signed root.
func tiles(dir string, tree tlog.Tree) {
	reader := tlog.TileHashReader(tree, folder(dir))
	for n := int64(0); n < tree.N; n += 256 {
		var indexes []int64
		for leaf := n; leaf < min(n+256, tree.N); leaf++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, leaf))
		}
		must(reader.ReadHashes(indexes))
	}
	fmt.Println("tiles: all of them belong to the signed root")
}

// consistency checks the proof that the tree goes on from the older head.
func consistency(dir string, tree tlog.Tree, verifier note.Verifier) {
	old := head(read(dir, "previous"), verifier)
	lines := strings.Split(strings.SplitN(string(read(dir, "consistency")), "\n\n", 2)[0], "\n")
	var hashes tlog.TreeProof
	for _, line := range lines[1:] {
		hashes = append(hashes, must(tlog.ParseHash(line)))
	}
	if err := tlog.CheckTree(hashes, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("consistency: the tree goes on from the one of %d\n", old.N)
}

// proof checks a .tlog-proof.
func proof(name string, verifier note.Verifier) {
	parts := bytes.SplitN(must(os.ReadFile(name)), []byte("\n\n"), 2)
	tree, lines := head(parts[1], verifier), strings.Split(string(parts[0]), "\n")
	entry := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")))
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	var hashes tlog.RecordProof
	for _, line := range lines[3:] {
		hashes = append(hashes, must(tlog.ParseHash(line)))
	}
	if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("proof: entry %d is in the tree of %d: %s\n", index+1, tree.N, entry)
}

// folder reads tiles where C2SP tlog-tiles has them.
type folder string

func (dir folder) Height() int { return 8 }

func (dir folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (dir folder) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		found = append(found, read(string(dir), path(strconv.Itoa(tile.L), tile.N, int64(tile.W))))
	}
	return found, nil
}

func path(level string, n, width int64) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width != 256 {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return filepath.Join("tile", level, name)
}

func read(dir, name string) []byte { return must(os.ReadFile(filepath.Join(dir, name))) }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
