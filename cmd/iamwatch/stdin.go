package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing/fstest"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxStdin bounds what is read of standard input.
const maxStdin = 1 << 30

// stdinTree is a tree of one file, which has standard input's content and
// the ending that its content asks for.
func stdinTree(in io.Reader) (*tree, error) {
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
	return &tree{fs: files, files: []string{name}, close: func() error { return nil }}, nil
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
