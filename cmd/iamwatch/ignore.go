package main

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// ignores are the .gitignore files from the root down.
type ignores struct {
	fs       fs.FS
	patterns map[string][]ignorePattern
	// tracked is read when first something is to be ignored.
	tracked func() tracked
	// partly are ignored directories that hold tracked files.
	partly map[string]bool
}

func newIgnores(f fs.FS) *ignores {
	return &ignores{
		fs: f, patterns: map[string][]ignorePattern{}, partly: map[string]bool{},
		tracked: sync.OnceValue(func() tracked { return readTracked(f) }),
	}
}

// passes reports whether git leaves the path out. What it tracks it does not.
func (g *ignores) passes(name string, dir bool) bool {
	if !g.partly[path.Dir(name)] && !g.match(name, dir) {
		return false
	}
	if !g.tracked().holds(name, dir) {
		return true
	}
	g.partly[name] = dir
	return false
}

// match reports whether git would ignore the path, as far as that does not
// follow from a directory that it lies in: a walk enters none that is ignored,
// but for one that it was told to begin with. The last pattern that matches
// decides (gitignore(5)).
func (g *ignores) match(name string, dir bool) bool {
	list := g.of(path.Dir(name))
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].match(name, dir) {
			return !list[i].included
		}
	}
	return false
}

const ignoreFile = ".gitignore"

// of are the patterns that hold in a directory, those of the root first.
func (g *ignores) of(dir string) []ignorePattern {
	if _, ok := g.patterns[dir]; !ok {
		g.enter(dir, true)
	}
	return g.patterns[dir]
}

// enter finds the patterns that hold in a directory, which may hold a file of
// its own.
func (g *ignores) enter(dir string, own bool) {
	var list []ignorePattern
	below := ""
	if dir != "." {
		list, below = g.of(path.Dir(dir)), dir+"/"
	}
	if own {
		list = append(list[:len(list):len(list)], g.read(dir, below)...)
	}
	g.patterns[dir] = list
}

func (g *ignores) read(dir, below string) (list []ignorePattern) {
	for line := range bytes.Lines(g.file(dir)) {
		if p, ok := parseIgnore(strings.TrimRight(string(line), "\r\n"), below); ok {
			list = append(list, p)
		}
	}
	return list
}

// file is the .gitignore of a directory, nil if there is none. To open a
// named pipe would wait for a writer, so it is looked at first.
func (g *ignores) file(dir string) []byte {
	name := path.Join(dir, ignoreFile)
	if info, err := fs.Stat(g.fs, name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := fs.ReadFile(g.fs, name)
	if err != nil {
		return nil
	}
	return data
}

// An ignorePattern is one line of a .gitignore file.
type ignorePattern struct {
	below    string // the directory of the file, with a slash; empty for the root
	glob     string
	form     ignoreForm
	included bool // it begins with an exclamation mark
	dirOnly  bool
}

// An ignoreForm says how a pattern is compared; most need no glob.
type ignoreForm uint8

const (
	ignoreName   ignoreForm = iota // a name
	ignoreEnding                   // the ending of a name: *.log
	ignoreGlob                     // a glob over a name
	ignorePath                     // a glob over the path below the file
)

const globMeta = `*?[\`

func parseIgnore(line, below string) (ignorePattern, bool) {
	p := ignorePattern{below: below}
	if strings.HasPrefix(line, "#") {
		return p, false
	}
	line, p.included = strings.CutPrefix(line, "!")
	if !strings.HasSuffix(line, `\ `) {
		line = strings.TrimRight(line, " ")
	}
	line, p.dirOnly = strings.CutSuffix(line, "/")
	if line == "" {
		return p, false
	}
	p.glob = line
	switch {
	case strings.Contains(line, "/"):
		p.form, p.glob = ignorePath, pathGlob(line)
	case !strings.ContainsAny(line, globMeta):
		p.form = ignoreName
	case line[0] == '*' && !strings.ContainsAny(line[1:], globMeta):
		p.form, p.glob = ignoreEnding, line[1:]
	default:
		p.form, p.glob = ignoreGlob, escapeBraces(line)
	}
	return p, doublestar.ValidatePattern(p.glob)
}

// pathGlob writes a pattern with slashes as doublestar means it: there a
// trailing /** also matches the directory itself.
func pathGlob(line string) string {
	line = strings.TrimPrefix(line, "/")
	if strings.HasSuffix(line, "/**") {
		line += "/*"
	}
	return escapeBraces(line)
}

// escapeBraces takes from braces the meaning that git does not give them.
func escapeBraces(s string) string { return strings.NewReplacer("{", `\{`, "}", `\}`).Replace(s) }

func (p *ignorePattern) match(name string, dir bool) bool {
	if p.dirOnly && !dir {
		return false
	}
	base := path.Base(name)
	switch p.form {
	case ignoreName:
		return base == p.glob
	case ignoreEnding:
		return strings.HasSuffix(base, p.glob)
	case ignoreGlob:
		return doublestar.MatchUnvalidated(p.glob, base)
	}
	return doublestar.MatchUnvalidated(p.glob, name[len(p.below):])
}
