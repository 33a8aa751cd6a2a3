package cloudwatch

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The table is text, one record a line, fields split by tabs and lists by
// commas, so that a change of the data is reviewed as a change of lines:
//
//	iamwatch-actions 1 <data version> <date> <number of actions>
//	svc  <prefix> <name> core|related <retired> <number of actions>
//	res  <name> <ARN template> <condition keys>
//	act  <name> <level L R W P T> <classes> <impact> <resource types, * = required> <condition keys> <dependent actions> <permission only: 1> <pass service>
//	sp   <service principal> <what it does>
//	rcp  <services that resource control policies reach>
//	pre  <all service prefixes>
//
// res and act belong to the svc above them. Empty fields at the end are left out.
//
//go:embed actions.txt
var actionsText string

const (
	actionsMagic = "iamwatch-actions\t1\t"
	levelLetters = "LRWPT"
)

// load decodes the embedded table on first use. A test holds the table to
// decode; what could not be read would be left out.
var load = sync.OnceValue(func() *catalogue {
	c, _ := parseCatalogue(actionsText)
	return c
})

// A catalogue is the decoded table. It is read-only but for its memo.
type catalogue struct {
	actions    []Action
	lower      []string // names in lower case, by ActionID
	services   []Service
	first      map[string]span // by prefix
	principals map[string]string
	rcp        []string
	prefixes   []string
	shapeCount int
	forms      []requestForm // by ActionID, while the table is decoded

	core    ActionSet
	any     [classCount]ActionSet
	primary [classCount]ActionSet
	impact  [4]ActionSet // of at least the index
	memo    memo
	strings arena[string]
	classes arena[Class]
	uses    arena[ActionResource]
}

// An arena hands out small slices of a few large ones: the table has some
// thousand lists of one or two elements.
type arena[T any] struct{ free []T }

const arenaSize = 512

func (a *arena[T]) take(n int) []T {
	if n == 0 {
		return nil
	}
	if n > len(a.free) {
		a.free = make([]T, max(n, arenaSize))
	}
	s := a.free[:n:n]
	a.free = a.free[n:]
	return s
}

// A requestForm is what of an action's record tells what its requests name and
// carry: most actions share theirs with others.
type requestForm struct {
	service, types, keys string
	// bare marks an action that takes another form of a log group's ARN.
	bare bool
}

// A span is the half-open range of a service's actions, and its index.
type span struct{ from, to, service int }

func parseCatalogue(text string) (*catalogue, error) {
	c := &catalogue{first: map[string]span{}, principals: map[string]string{}}
	header, body, _ := strings.Cut(text, "\n")
	if !strings.HasPrefix(header, actionsMagic) {
		return c, fmt.Errorf("read catalogue: header %q", header)
	}
	var fault error
	n := strings.Count(body, "\nact\t")
	c.actions, c.lower, c.forms = make([]Action, 0, n), make([]string, 0, n), make([]requestForm, 0, n)
	for line := range strings.Lines(body) {
		if err := c.record(fields(strings.TrimSuffix(line, "\n"))); err != nil && fault == nil {
			fault = fmt.Errorf("read catalogue: %w", err)
		}
	}
	c.link()
	c.forms = nil
	return c, fault
}

// fields cuts a record; absent fields are empty.
func fields(line string) (f [10]string) {
	for i := range f {
		f[i], line, _ = strings.Cut(line, "\t")
	}
	return f
}

func (c *catalogue) record(f [10]string) error {
	switch f[0] {
	case "svc":
		return c.service(f)
	case "res", "act":
		if len(c.services) == 0 {
			return fmt.Errorf("%s %s before a service", f[0], f[1])
		}
		if f[0] == "res" {
			s := &c.services[len(c.services)-1]
			s.ResourceTypes = append(s.ResourceTypes, ResourceType{Name: f[1], ARN: f[2], ConditionKeys: c.list(f[3])})
			return nil
		}
		return c.action(f)
	case "sp":
		c.principals[f[1]] = f[2]
	case "rcp":
		c.rcp = c.list(f[1])
	case "pre":
		c.prefixes = c.list(f[1])
	default:
		return fmt.Errorf("record %q", f[0])
	}
	return nil
}

func (c *catalogue) service(f [10]string) error {
	n, err := strconv.Atoi(f[5])
	if err != nil {
		return fmt.Errorf("read service %s: %w", f[1], err)
	}
	c.first[f[1]] = span{len(c.actions), len(c.actions), len(c.services)}
	c.services = append(c.services, Service{Prefix: f[1], Name: f[2], Core: f[3] == "core", Retired: f[4], ActionCount: n})
	return nil
}

func (c *catalogue) action(f [10]string) error {
	s := &c.services[len(c.services)-1]
	level := strings.Index(levelLetters, f[2])
	impact, err := strconv.Atoi(f[4])
	if err != nil || level < 0 || len(f[2]) != 1 || impact < 1 || impact > 3 {
		return fmt.Errorf("read action %s:%s: level %q, impact %q", s.Prefix, f[1], f[2], f[4])
	}
	a := Action{
		ID: ActionID(len(c.actions)), Service: s.Prefix, Name: f[1], full: s.Prefix + ":" + f[1],
		Level: AccessLevel(level), Impact: impact, Core: s.Core,
		ConditionKeys: c.list(f[6]), DependentActions: c.list(f[7]), PermissionOnly: f[8] != "", PassService: f[9],
	}
	names := c.list(f[3])
	if len(names) == 0 {
		return fmt.Errorf("read action %s: no class", a.full)
	}
	a.Classes = c.classes.take(len(names))
	for i, name := range names {
		class, ok := ParseClass(name)
		if !ok {
			return fmt.Errorf("read action %s: class %q", a.full, name)
		}
		a.Classes[i] = class
	}
	types := c.list(f[5])
	a.ResourceTypes = c.uses.take(len(types))
	for i, r := range types {
		name, required := strings.CutSuffix(r, "*")
		a.ResourceTypes[i] = ActionResource{name, required}
	}
	c.actions, c.lower = append(c.actions, a), append(c.lower, strings.ToLower(f[1]))
	c.forms = append(c.forms, requestForm{service: s.Prefix, types: f[5], keys: f[6], bare: takesBareGroup(&a)})
	sp := c.first[s.Prefix]
	sp.to = len(c.actions)
	c.first[s.Prefix] = sp
	return nil
}

func (c *catalogue) list(s string) []string {
	if s == "" {
		return nil
	}
	out := c.strings.take(strings.Count(s, ",") + 1)
	for i := range out {
		out[i], s, _ = strings.Cut(s, ",")
	}
	return out
}

// link makes the sets and the ARN templates.
func (c *catalogue) link() {
	made, shapes := map[requestForm]*Action{}, map[string]int{}
	for i := range c.actions {
		a := &c.actions[i]
		if a.Core {
			c.core.Add(a.ID)
		}
		c.primary[a.Classes[0]].Add(a.ID)
		for _, class := range a.Classes {
			c.any[class].Add(a.ID)
		}
		for n := 0; n <= a.Impact; n++ {
			c.impact[n].Add(a.ID)
		}
		if first := made[c.forms[i]]; first != nil {
			a.arns, a.required, a.keys, a.queries, a.shape = first.arns, first.required, first.keys, first.queries, first.shape
			continue
		}
		made[c.forms[i]] = a
		a.arns = c.templates(a)
		a.required = c.requiredTemplates(a)
		a.keys = c.requestKeys(a)
		for _, t := range a.arns {
			a.queries = append(a.queries, OpenTemplate(t))
		}
		a.shape = shapeOf(a, shapes)
	}
	c.shapeCount = len(shapes)
}

// requiredTemplates are the templates of the types that every request of an
// action names, all of its templates where it needs none of them.
func (c *catalogue) requiredTemplates(a *Action) []string {
	if len(a.arns) != len(a.ResourceTypes) {
		return a.arns
	}
	var out []string
	for i, r := range a.ResourceTypes {
		if r.Required {
			out = append(out, a.arns[i])
		}
	}
	if len(out) == 0 {
		return a.arns
	}
	return out
}

// OpenTemplate turns each ${Var} of an ARN template into *, so that it asks for
// any of its resources.
func OpenTemplate(t string) string {
	var b strings.Builder
	for {
		i := strings.Index(t, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(t[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(t[:i])
		b.WriteByte('*')
		t = t[i+j+1:]
	}
	b.WriteString(t)
	return b.String()
}

// requestKeys are the condition keys of an action and of its resource types.
func (c *catalogue) requestKeys(a *Action) []string {
	keys := slices.Clone(a.ConditionKeys)
	for _, r := range a.ResourceTypes {
		if t := c.resourceType(a.Service, r.Name); t != nil {
			keys = append(keys, t.ConditionKeys...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// shapeOf numbers actions by what their requests name and carry.
func shapeOf(a *Action, seen map[string]int) int {
	key := strings.Join(a.arns, ",") + "\n" + strings.Join(a.required, ",") + "\n" + strings.Join(a.keys, ",")
	shape, ok := seen[key]
	if !ok {
		shape = len(seen)
		seen[key] = shape
	}
	return shape
}

func (c *catalogue) templates(a *Action) []string {
	if len(a.ResourceTypes) == 0 {
		return nil
	}
	arns := c.strings.take(len(a.ResourceTypes))[:0]
	for _, r := range a.ResourceTypes {
		if t := c.resourceType(a.Service, r.Name); t != nil {
			arns = append(arns, requestARN(a, t))
		}
	}
	return arns
}

// requestARN is the form of a resource's ARN that a request of the action
// carries: a log group's ends in ":*" except in the three tagging actions that
// take the bare ARN (Amazon CloudWatch Logs API Reference, LogGroup, fields
// arn and logGroupArn).
func requestARN(a *Action, t *ResourceType) string {
	if a.Service != "logs" || t.Name != "log-group" || takesBareGroup(a) {
		return t.ARN
	}
	return t.ARN + ":*"
}

func takesBareGroup(a *Action) bool {
	switch a.Name {
	case "TagResource", "UntagResource", "ListTagsForResource":
		return a.Service == "logs"
	}
	return false
}

func (c *catalogue) resourceType(service, name string) *ResourceType {
	sp, ok := c.first[service]
	if !ok {
		return nil
	}
	types := c.services[sp.service].ResourceTypes
	i := slices.IndexFunc(types, func(t ResourceType) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &types[i]
}
