package cloudformation

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/iamwatch/iamwatch/scanner/source"
)

const (
	// maxNamedFile bounds, in bytes, what is read of a file that an input names.
	maxNamedFile = 1 << 28
	// maxWrittenFile bounds it for a source file of a program.
	maxWrittenFile = 1 << 23
)

var errNotRegular = errors.New("it is no regular file")

// openNamed reads a file that an input names, in the scan's own file system.
func openNamed(fsys fs.FS, name string) (*source.Source, error) {
	return openBounded(fsys, name, maxNamedFile)
}

func openBounded(fsys fs.FS, name string, limit int64) (*source.Source, error) {
	if fsys == nil || !fs.ValidPath(name) {
		return nil, fs.ErrNotExist
	}
	// To open a named pipe would wait for a writer, so it is looked at first.
	info, err := fs.Stat(fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	if err == nil && info.Size() > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	f, err := fsys.Open(name)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			return nil, pe.Err
		}
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	return source.New(name, data), nil
}

// writtenFiles are the source files of programs that made templates. Each is
// read once, so that equal places are equal. It may be used concurrently.
type writtenFiles struct {
	fs    fs.FS
	mu    sync.Mutex
	files map[string]*source.Source
}

func newWrittenFiles(fsys fs.FS) *writtenFiles {
	return &writtenFiles{fs: fsys, files: map[string]*source.Source{}}
}

// get is the file of a name, nil when it cannot be read.
func (w *writtenFiles) get(name string) *source.Source {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, seen := w.files[name]
	if !seen {
		f, _ = openBounded(w.fs, name, maxWrittenFile) // no file, no place
		w.files[name] = f
	}
	return f
}
