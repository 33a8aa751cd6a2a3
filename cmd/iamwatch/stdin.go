package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxStdin bounds what is read of standard input.
const maxStdin = 1 << 30

// stdinTree is a tree of one file, which has standard input's content and
// the ending that its content asks for. With the directory of a plan's
// configuration it is that file in the tree of the directory.
func stdinTree(in io.Reader, dir, root string) (*tree, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxStdin+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(data) > maxStdin {
		return nil, fmt.Errorf("read standard input: more than %d bytes", maxStdin)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &exit{exitNoInput, errors.New("no scannable input: standard input is empty")}
	}
	name := "stdin" + stdinEnding(data)
	files := fstest.MapFS{name: &fstest.MapFile{Data: data}}
	if dir == "" {
		return &tree{fs: files, files: []string{name}, close: func() error { return nil }}, nil
	}
	real, err := resolve(dir)
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	top, err := findRoot([]string{real}, root)
	if err != nil {
		return nil, err
	}
	jail, err := os.OpenRoot(top)
	if err != nil {
		return nil, fmt.Errorf("open root: %w", err)
	}
	return &tree{fs: overlay{jail.FS(), files, name}, root: top, files: []string{name}, close: jail.Close}, nil
}

// An overlay is a file system with one more file in it.
type overlay struct {
	fs.FS
	file fs.FS
	name string
}

// Open opens the file that was added, or one that was there.
func (o overlay) Open(name string) (fs.File, error) {
	if name == o.name {
		return o.file.Open(name)
	}
	return o.FS.Open(name)
}

func stdinEnding(data []byte) string {
	head := bytes.TrimSpace(data[:min(len(data), 4096)])
	switch {
	case source.LooksLikeJSON(data):
		return ".json"
	case bytes.HasPrefix(head, []byte("user,arn,")):
		return ".csv"
	case bytes.HasPrefix(head, []byte("<")):
		return ".xml"
	case bytes.Contains(data, []byte("Resources:")):
		return ".yaml"
	}
	return ".tf"
}
