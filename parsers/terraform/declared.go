package terraform

import (
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iamwatch/iamwatch/parsers/terraform/lang"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A part is a block as one file writes it: a stretch of the file that is not
// parsed yet, or a block that is.
type part struct {
	chunk
	file  *source.Source
	block *hclsyntax.Block
}

// parse parses a part. A block of which the parser makes nothing is empty.
func (p part) parse() (*hclsyntax.Block, []source.Diagnostic) {
	if p.block != nil {
		return p.block, nil
	}
	body, diags := parseText(p.file, p.start, p.end)
	if len(body.Blocks) > 0 {
		return body.Blocks[0], diags
	}
	r := hclRange(p.file.Range(p.start, p.end))
	return &hclsyntax.Block{
		Type: p.kind, Labels: p.labels, Body: &hclsyntax.Body{SrcRange: r},
		TypeRange: r, OpenBraceRange: r, CloseBraceRange: r,
	}, diags
}

// parseText parses a stretch of a file, as far as its syntax allows. Places in
// what it gives have their offset in the file; lines and columns are not set.
func parseText(f *source.Source, start, end int) (*hclsyntax.Body, []source.Diagnostic) {
	r := f.Range(start, end)
	if err := lang.CheckSyntax(r.Text()); err != nil {
		return &hclsyntax.Body{}, []source.Diagnostic{source.Errorf(f.Range(start, start), "parse file: %s", err)}
	}
	parsed, diags := hclsyntax.ParseConfig(f.Bytes()[start:end], f.Path, hcl.Pos{Line: 1, Column: 1, Byte: start})
	faults := syntaxFaults(f, diags)
	if parsed == nil {
		return &hclsyntax.Body{}, faults
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok || body == nil {
		return &hclsyntax.Body{}, faults
	}
	return body, faults
}

// A declared is a block of a directory with the override blocks of its name
// laid over it. It is parsed when something asks for it: of most directories
// the greater part bears on nothing that a scan looks for. Root modules that
// share a directory share its blocks, so it may be asked by several at once.
type declared struct {
	parts []part

	mu sync.Mutex
	// block is nil while it is not parsed.
	block  *hclsyntax.Block
	faults []source.Diagnostic
	// asked says that something depends on the block.
	asked bool
}

// add adds a part. One that overrides nothing repeats the block, which
// Terraform refuses: the first stays.
func (d *declared) add(p part, override bool) bool {
	if len(d.parts) > 0 && !override {
		return false
	}
	d.parts = append(d.parts, p)
	return true
}

// ask gives the block to something that depends on it, nil for none.
func (d *declared) ask() *hclsyntax.Block {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = true
	d.parse()
	return d.block
}

// ahead parses the block, which something will probably ask for.
func (d *declared) ahead() {
	if d.mu.TryLock() {
		d.parse()
		d.mu.Unlock()
	}
}

func (d *declared) parse() {
	if d.block != nil {
		return
	}
	d.faults = nil
	for _, p := range d.parts {
		b, faults := p.parse()
		d.faults = append(d.faults, faults...)
		d.block = merge(d.block, b, true)
	}
}

// told are the faults of syntax in a block that something depends on.
func (d *declared) told() []source.Diagnostic {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.asked {
		return nil
	}
	return d.faults
}

// drop lets go of the parsed block. Nobody may hold it any more.
func (d *declared) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.block = nil
}
