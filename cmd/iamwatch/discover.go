package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A tree is what a scan may see: a jailed file system and the files in it.
type tree struct {
	fs    fs.FS
	files []string
	// dir is the one directory that was asked for, below the root.
	dir   string
	root  string
	close func() error
}

// below are paths of the tree by their path below its root, which is how
// parsers open them. what is what they are called in errors.
func (t *tree) below(what string, files ...string) ([]string, error) {
	out := make([]string, 0, len(files))
	for _, f := range files {
		abs, err := resolve(f)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", what, err)
		}
		rel, err := below(t.root, abs)
		if err != nil || t.root == "" {
			return nil, fmt.Errorf("%s %s: %w", what, f, errOutside)
		}
		out = append(out, rel)
	}
	return out, nil
}

var (
	errOutside = errors.New("lies outside the repository root")
	errGlob    = errors.New("invalid pattern")
)

// discover finds the files under paths. The root is root, else the git top
// level of the first path, else the working directory when every path lies
// in it, else the first path itself. Nothing outside of it can be opened.
func discover(paths []string, root string, exclude []string) (*tree, error) {
	for _, g := range exclude {
		if !doublestar.ValidatePattern(g) {
			return nil, fmt.Errorf("exclude %q: %w", g, errGlob)
		}
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	real := make([]string, len(paths))
	for i, p := range paths {
		r, err := resolve(p)
		if err != nil {
			return nil, fmt.Errorf("open path: %w", err)
		}
		real[i] = r
	}
	top, err := findRoot(real, root)
	if err != nil {
		return nil, err
	}
	jail, err := os.OpenRoot(top)
	if err != nil {
		return nil, fmt.Errorf("open root: %w", err)
	}
	t := &tree{fs: jail.FS(), root: top, close: jail.Close}
	w := &walker{fs: t.fs, names: os.DirFS(top), exclude: exclude, ignore: newIgnores(t.fs)}
	for _, p := range real {
		rel, err := below(top, p)
		if err != nil {
			jail.Close()
			return nil, fmt.Errorf("path %s: %w", p, err)
		}
		w.add(rel)
	}
	t.files = w.files
	t.dir = w.dir()
	return t, nil
}

func resolve(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

func findRoot(paths []string, root string) (string, error) {
	if root != "" {
		top, err := resolve(root)
		if err != nil {
			return "", fmt.Errorf("open repository root: %w", err)
		}
		return top, nil
	}
	if top, ok := gitTop(paths[0]); ok {
		return top, nil
	}
	wd, err := resolve(".")
	if err != nil {
		return "", fmt.Errorf("find working directory: %w", err)
	}
	inside := !slices.ContainsFunc(paths, func(p string) bool { _, err := below(wd, p); return err != nil })
	if inside {
		return wd, nil
	}
	if info, err := os.Stat(paths[0]); err == nil && !info.IsDir() {
		return filepath.Dir(paths[0]), nil
	}
	return paths[0], nil
}

// gitTop finds the directory with .git at or above a path.
func gitTop(p string) (string, bool) {
	for {
		if _, err := os.Lstat(filepath.Join(p, ".git")); err == nil {
			return p, true
		}
		up := filepath.Dir(p)
		if up == p {
			return "", false
		}
		p = up
	}
}

// below is p relative to top, with slashes.
func below(top, p string) (string, error) {
	rel, err := filepath.Rel(top, p)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", errOutside
	}
	return filepath.ToSlash(rel), nil
}

// A walker collects files in order.
type walker struct {
	fs fs.FS
	// names lists directories. It is no jail, which would open each from the
	// root anew: what is listed is opened in fs.
	names    fs.FS
	exclude  []string
	ignore   *ignores
	files    []string
	dirs     []string
	explicit int
}

// extensions are those of inputs; a file named by itself may have any.
var extensions = map[string]bool{
	".tf": true, ".tofu": true, ".json": true, ".yaml": true, ".yml": true, ".template": true, ".csv": true, ".xml": true,
}

// codeNames are files of code that stand for an input, which is told of.
var codeNames = map[string]bool{"serverless.ts": true, "serverless.js": true, "serverless.cjs": true, "serverless.mjs": true}

func mayBeInput(name string) bool {
	return extensions[strings.ToLower(path.Ext(name))] || codeNames[strings.ToLower(path.Base(name))]
}

// skipped directories hold what was fetched or built, never what is deployed.
var skipped = map[string]bool{".git": true, ".terraform": true, ".terragrunt-cache": true, "node_modules": true}

// add walks a directory, or takes a file as it is. A directory that cannot be
// read is kept as a file, so that the scan reports it.
func (w *walker) add(p string) {
	info, err := fs.Stat(w.fs, p)
	if err != nil || !info.IsDir() {
		w.files = append(w.files, p)
		w.explicit++
		return
	}
	w.dirs = append(w.dirs, p)
	w.walk(p)
}

// walk collects the files below a directory, in order. It follows no link.
func (w *walker) walk(dir string) {
	entries, err := fs.ReadDir(w.names, dir)
	if err != nil {
		w.files = append(w.files, dir)
		return
	}
	holds := func(name string) bool {
		return slices.ContainsFunc(entries, func(d fs.DirEntry) bool { return d.Name() == name })
	}
	w.ignore.enter(dir, holds(ignoreFile))
	assembly := holds("cdk.out") && holds("manifest.json")
	for _, d := range entries {
		name := path.Join(dir, d.Name())
		switch {
		case d.IsDir():
			if !w.passes(name, d) && !(assembly && isAsset(d.Name())) {
				w.walk(name)
			}
		case d.Type().IsRegular() && mayBeInput(name) && !w.passes(name, d):
			w.files = append(w.files, name)
		}
	}
}

// isAsset reports whether a directory of a cloud assembly of the AWS CDK holds
// what the app publishes, such as the code of a function, and no stack.
func isAsset(name string) bool {
	return strings.HasPrefix(name, "asset.") || strings.HasPrefix(name, "bundling-temp-")
}

// passes reports whether a walk leaves something out.
func (w *walker) passes(name string, d fs.DirEntry) bool {
	if d.IsDir() && skipped[d.Name()] {
		return true
	}
	for _, g := range w.exclude {
		if ok, _ := doublestar.Match(g, name); ok {
			return true
		}
	}
	return w.ignore.passes(name, d.IsDir())
}

func (w *walker) dir() string {
	if len(w.dirs) == 1 && w.explicit == 0 && w.dirs[0] != "." {
		return w.dirs[0]
	}
	return ""
}
