package terraform

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// resolveCalls finds the directories of local modules ("Module Sources":
// local paths begin with ./ or ../).
func (t *tree) resolveCalls(c *config) {
	for _, m := range c.calls {
		if m.unclear {
			m.source = c.sourceText(m.ask().Body.Attributes["source"])
		}
		if strings.HasPrefix(m.source, `.\`) || strings.HasPrefix(m.source, `..\`) {
			m.source = strings.ReplaceAll(m.source, `\`, "/")
		}
		if !strings.HasPrefix(m.source, "./") && !strings.HasPrefix(m.source, "../") {
			m.remote = true
			continue
		}
		dir := path.Join(c.dir, m.source)
		if t.groups[dir] != nil || t.env.FS != nil && fs.ValidPath(dir) && holdsConfig(t.env.FS, dir) {
			m.dir = dir
		}
	}
}

// absence says why the directory of a local module could not be read.
func (c *config) absence(m *call) string {
	if dir := path.Join(c.dir, m.source); dir == ".." || strings.HasPrefix(dir, "../") {
		return fmt.Sprintf("the directory of module %q lies outside the repository root: set --repo-root to a directory that holds it too", m.name)
	}
	return fmt.Sprintf("the directory of module %q holds no configuration", m.name)
}

// sourceText is the source argument of a call; empty when it is not known.
func (c *config) sourceText(a *hclsyntax.Attribute) string {
	if text := literalText(a); a == nil || text != "" {
		return text
	}
	return c.earlyText(a.Expr)
}

func holdsConfig(fsys fs.FS, dir string) bool {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !e.IsDir() && isConfigName(e.Name()) {
			return true
		}
	}
	return false
}

// manifest reads which directories terraform init put the modules of a root
// into: by dotted path of the calls, such as "vpc.subnets".
func manifest(fsys fs.FS, root string) map[string]string {
	name := path.Join(root, ".terraform/modules/modules.json")
	f, err := openFile(fsys, name)
	if err != nil {
		return nil
	}
	v, _ := source.ReadJSON(f.Text())
	out := map[string]string{}
	for _, m := range v.Get("Modules").Elements() {
		key := m.Get("Key").Text().Value
		below := strings.ReplaceAll(m.Get("Dir").Text().Value, `\`, "/")
		dir := path.Join(root, below)
		if key != "" && !path.IsAbs(below) && fs.ValidPath(dir) && holdsConfig(fsys, dir) {
			out[key] = dir
		}
	}
	return out
}

var errNotRegular = errors.New("not a regular file")

// openFile reads a file of the scanned tree.
func openFile(fsys fs.FS, name string) (*source.Source, error) {
	if fsys == nil || !fs.ValidPath(name) {
		return nil, fs.ErrNotExist
	}
	// To open a named pipe would wait for a writer, so it is looked at first.
	info, err := fs.Stat(fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, errNotRegular
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
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxFileSize {
		return nil, fmt.Errorf("the file is larger than %d bytes", maxFileSize)
	}
	return source.New(name, data), nil
}
