package terraform

import (
	"sync"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A group is the blocks of a type that have no name of their own: which of
// them something depends on is told by what they hold.
type group struct {
	members   []*declared
	overrides []bool // by member

	mu   sync.Mutex
	read bool
	// blocks are the members, override blocks laid over the provider that
	// they mean; attributes are those of all members, the last of a name.
	blocks     []*hclsyntax.Block
	attributes map[string]*hclsyntax.Attribute
}

func (g *group) add(p part, override bool) {
	g.members = append(g.members, &declared{parts: []part{p}})
	g.overrides = append(g.overrides, override)
}

// ask reads the group.
func (g *group) ask() []*hclsyntax.Block {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read {
		return g.blocks
	}
	g.read, g.blocks, g.attributes = true, nil, map[string]*hclsyntax.Attribute{}
	for i, d := range g.members {
		b := d.ask()
		for name, a := range b.Body.Attributes {
			g.attributes[name] = a
		}
		if !g.overrides[i] || !g.overlay(b) {
			g.blocks = append(g.blocks, b)
		}
	}
	return g.blocks
}

// overlay lays a block over the one of its label and alias, if there is one.
func (g *group) overlay(over *hclsyntax.Block) bool {
	for i, b := range g.blocks {
		if sameLabels(b, over) && literalText(b.Body.Attributes["alias"]) == literalText(over.Body.Attributes["alias"]) {
			g.blocks[i] = merge(b, over, true)
			return true
		}
	}
	return false
}

func sameLabels(a, b *hclsyntax.Block) bool {
	return len(a.Labels) == len(b.Labels) && (len(a.Labels) == 0 || a.Labels[0] == b.Labels[0])
}

func (g *group) drop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read, g.blocks, g.attributes = false, nil, nil
	for _, d := range g.members {
		d.drop()
	}
}
