package main

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"sort"
	"strings"
)

// maxIndexSize bounds, in bytes, the index of git that is read.
const maxIndexSize = 64 << 20

// tracked are the paths in git's index, in order: what git tracks it does not
// ignore, whatever .gitignore says (gitignore(5)).
type tracked []string

// readTracked reads the index of the repository at the root of a file system.
// Where there is none that can be read, nothing is tracked.
func readTracked(f fs.FS) tracked {
	const name = ".git/index"
	if info, err := fs.Stat(f, name); err != nil || !info.Mode().IsRegular() || info.Size() > maxIndexSize {
		return nil
	}
	data, err := fs.ReadFile(f, name)
	if err != nil {
		return nil
	}
	return parseIndex(data)
}

// holds reports whether a file is tracked, or a directory holds one that is.
func (t tracked) holds(name string, dir bool) bool {
	i := sort.SearchStrings(t, name)
	if i < len(t) && t[i] == name {
		return true
	}
	if !dir {
		return false
	}
	i = sort.SearchStrings(t, name+"/")
	return i < len(t) && strings.HasPrefix(t[i], name+"/")
}

// The format of the index (gitformat-index(5)): a header, then entries with 62
// bytes in front of the path, or 64 with extended flags, when object names are
// SHA-1.
const (
	indexHeader   = 12
	indexEntry    = 62
	indexFlags    = 60
	indexExtended = 0x4000
)

// parseIndex reads the paths of an index of version 2, 3 or 4.
func parseIndex(data []byte) tracked {
	if len(data) < indexHeader || string(data[:4]) != "DIRC" {
		return nil
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version < 2 || version > 4 || int64(count)*indexEntry > int64(len(data)) {
		return nil
	}
	out := make(tracked, 0, count)
	rest, before := data[indexHeader:], ""
	for range count {
		name, size := indexName(rest, before, version)
		if size == 0 {
			return nil
		}
		out, before, rest = append(out, name), name, rest[size:]
	}
	return out
}

// indexName is the path of the first entry, and how long that entry is; zero
// for one that is cut off. Version 4 says how much to cut off the path before.
func indexName(data []byte, before string, version uint32) (name string, size int) {
	if len(data) < indexEntry {
		return "", 0
	}
	at := indexEntry
	if binary.BigEndian.Uint16(data[indexFlags:])&indexExtended != 0 {
		at += 2
	}
	keep := 0
	if version == 4 {
		cut, n := offsetNumber(data[min(at, len(data)):])
		if n == 0 || cut > len(before) {
			return "", 0
		}
		at, keep = at+n, len(before)-cut
	}
	end := bytes.IndexByte(data[min(at, len(data)):], 0)
	if end < 0 {
		return "", 0
	}
	name, size = before[:keep]+string(data[at:at+end]), at+end+1
	if version < 4 {
		size = (at + end + 8) / 8 * 8
	}
	if size > len(data) {
		return "", 0
	}
	return name, size
}

// offsetNumber is a number as packs write it for offsets (gitformat-pack(5)),
// and how many bytes it takes; zero for none.
func offsetNumber(data []byte) (value, size int) {
	for i, b := range data {
		if i > 4 {
			break
		}
		value = value<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return value, i + 1
		}
		value++
	}
	return 0, 0
}
