package lang

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// fileTable holds the documentation's section "Filesystem Functions", but
// for templatefile.
func (l *library) fileTable() map[string]function.Function {
	table := map[string]function.Function{
		"abspath":    texts(l.absolute, "path"),
		"basename":   opaque(func(args []string) (string, error) { return path.Base(args[0]), nil }, "path"),
		"dirname":    opaque(func(args []string) (string, error) { return path.Dir(args[0]), nil }, "path"),
		"file":       opaque(l.readText, "path"),
		"filebase64": opaque(l.readBase64, "path"),
		"fileexists": l.fileExistsFunc(),
		"fileset":    l.fileSetFunc(),
		"pathexpand": pathExpandFunc(),
	}
	for name, d := range digests() {
		table["file"+name] = opaque(func(args []string) (string, error) {
			data, err := l.read(args[0])
			if err != nil {
				return "", err
			}
			return d.sum(data), nil
		}, "path")
	}
	return table
}

// absolute gives a path from the top of the scanned tree: where that tree
// lies on this machine must not show in results.
func (l *library) absolute(args []string) (string, error) {
	if path.IsAbs(args[0]) {
		return path.Clean(args[0]), nil
	}
	return path.Join("/", l.RootDir, args[0]), nil
}

// pathExpandFunc leaves paths alone; a home directory is unknown.
func pathExpandFunc() function.Function {
	return static(cty.String, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if strings.HasPrefix(args[0].AsString(), "~") {
			return cty.UnknownVal(cty.String).RefineNotNull(), nil
		}
		return args[0], nil
	}, param("path", cty.String))
}

// resolve maps a path of the configuration to a path in FS. Absolute paths
// start at the top of FS, as abspath gives them.
func (l *library) resolve(name string) (string, error) {
	full := path.Join(l.RootDir, name)
	if path.IsAbs(name) {
		full = strings.TrimPrefix(path.Clean(name), "/")
	}
	if full == "" {
		full = "."
	}
	if l.FS == nil || !fs.ValidPath(full) || strings.ContainsRune(full, 0) {
		return "", fmt.Errorf("read %q: the path leads out of the scanned tree", name)
	}
	return full, nil
}

// read gives the content of a regular file within the size limit.
func (l *library) read(name string) ([]byte, error) {
	full, err := l.resolve(name)
	if err != nil {
		return nil, err
	}
	// To open a named pipe would wait for a writer, so it is looked at first.
	info, err := fs.Stat(l.FS, full)
	if err != nil {
		return nil, fmt.Errorf("stat file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %q: not a regular file", name)
	}
	f, err := l.FS.Open(full)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, l.MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if int64(len(data)) > l.MaxFileSize {
		return nil, fmt.Errorf("%w: file %q has more than %d bytes", ErrLimit, name, l.MaxFileSize)
	}
	if l.OnFile != nil {
		l.OnFile(full, len(data))
	}
	return data, nil
}

func (l *library) readText(args []string) (string, error) {
	data, err := l.read(args[0])
	if err != nil {
		return "", err
	}
	if !utf8.Valid(data) {
		return "", fmt.Errorf("read %q: the content is not valid UTF-8; use filebase64", args[0])
	}
	if source.HasMarkBytes(data) {
		return "", fmt.Errorf("read %q: the content holds reserved noncharacters", args[0])
	}
	return string(data), nil
}

func (l *library) readBase64(args []string) (string, error) {
	data, err := l.read(args[0])
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

// fileExistsFunc is false for a path that is not there and an error for one
// that is not a regular file.
func (l *library) fileExistsFunc() function.Function {
	return blind(static(cty.Bool, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		full, err := l.resolve(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		info, err := fs.Stat(l.FS, full)
		if errors.Is(err, fs.ErrNotExist) {
			return cty.False, nil
		}
		if err != nil {
			return cty.NilVal, fmt.Errorf("stat file: %w", err)
		}
		if !info.Mode().IsRegular() {
			return cty.NilVal, fmt.Errorf("stat %q: not a regular file", args[0].AsString())
		}
		return cty.True, nil
	}, param("path", cty.String)))
}

// fileSetFunc gives the regular files under a directory that match a
// pattern, relative to the directory.
func (l *library) fileSetFunc() function.Function {
	ret := cty.Set(cty.String)
	return blind(static(ret, func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		dir, err := l.resolve(args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		names, err := l.glob(dir, args[1].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		if len(names) == 0 {
			return cty.SetValEmpty(cty.String), nil
		}
		return cty.SetVal(names), nil
	}, param("path", cty.String), param("pattern", cty.String)))
}

func (l *library) glob(dir, pattern string) ([]cty.Value, error) {
	full := path.Clean(path.Join(dir, pattern))
	if !fs.ValidPath(full) {
		return nil, fmt.Errorf("match files: pattern %q leads out of the scanned tree", pattern)
	}
	if _, err := fs.Stat(l.FS, dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []cty.Value
	err := doublestar.GlobWalk(l.FS, full, func(name string, _ fs.DirEntry) error {
		info, err := fs.Stat(l.FS, name)
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		names = append(names, cty.StringVal(relative(dir, name)))
		return l.elements(len(names))
	}, doublestar.WithNoFollow())
	if err != nil {
		return nil, fmt.Errorf("match files: %w", err)
	}
	return names, nil
}

// relative is name seen from dir; both are clean paths in FS.
func relative(dir, name string) string {
	up := ""
	for dir != "." && !strings.HasPrefix(name, dir+"/") {
		dir, up = path.Dir(dir), up+"../"
	}
	if dir == "." {
		return up + name
	}
	return up + strings.TrimPrefix(name, dir+"/")
}
