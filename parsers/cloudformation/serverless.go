package cloudformation

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// The Serverless Framework makes a template of a service file when the service
// is packaged (Serverless Framework documentation, "AWS - Packaging"). That
// template is read as any other. A service file without it is read for what it
// says by itself: its resources and the role of its functions.

// serviceKind tells the files of a service by name; the caller looks into them.
type serviceKind uint8

const (
	noService serviceKind = iota
	serviceFile
	serviceCode // serverless.ts and its kin, which only running tells
)

func serviceKindOf(name string) serviceKind {
	base, ok := strings.CutPrefix(strings.ToLower(path.Base(name)), "serverless.")
	if !ok {
		return noService
	}
	switch base {
	case "yml", "yaml", "json":
		return serviceFile
	case "ts", "js", "cjs", "mjs":
		return serviceCode
	}
	return noService
}

// isService reports whether a file is that of a service: it names its provider.
func isService(file *source.Source) bool {
	switch serviceKindOf(file.Path) {
	case serviceFile:
		if isJSON(file.Bytes()) {
			return strings.Contains(file.Text().Value, `"provider"`) && strings.Contains(file.Text().Value, `"service"`)
		}
		return topLevel(file.Bytes(), "provider") >= 0
	case serviceCode:
		text := file.Text().Value
		return strings.Contains(text, "provider") && strings.Contains(text, "service") && strings.Contains(text, "aws")
	}
	return false
}

// packagedServices are the directories of the services whose packaged template
// is among the files. That is read in their place, so that nothing is read
// twice.
func packagedServices(files []*source.Source) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		dir, base := path.Split(f.Path)
		if strings.HasPrefix(base, "cloudformation-template-update-stack") && path.Base(path.Clean(dir)) == ".serverless" {
			out[path.Dir(path.Clean(dir))] = true
		}
	}
	return out
}

const packageIt = "run serverless package and scan .serverless"

// readService reads a service file for what it says by itself. used are the
// paths of the files that it includes.
func readService(lib *library, env *scanner.Env, file *source.Source) (out scanner.Parsed, used []string) {
	packaged := lib.packaged[path.Dir(file.Path)]
	switch {
	case serviceKindOf(file.Path) != serviceCode:
	case packaged:
		return scanner.Parsed{}, nil
	default:
		return scanner.Parsed{Diagnostics: []source.Diagnostic{source.Errorf(file.Range(0, 0), "read service: it is code, which is not run: %s", packageIt)}}, nil
	}
	root, diags := lib.tree(file)
	if root == nil || root.Kind != source.Object {
		return scanner.Parsed{Diagnostics: diags}, nil
	}
	s := newService(lib, env, file, root)
	if name := s.name("provider", "name"); name.Known && name.Value != "" && name.Value != "aws" {
		return scanner.Parsed{Diagnostics: diags}, nil
	}
	tree := s.template()
	used = slices.Sorted(maps.Keys(s.vars.files))
	if packaged {
		return scanner.Parsed{}, used
	}
	only := source.Warningf(s.place(), "read service: only its resources, its functions and their role are read: %s", packageIt)
	t := newTemplate(file, tree, env, slices.Concat(diags, s.vars.diagnostics, []source.Diagnostic{only}))
	t.lib = lib
	t.check()
	b := newBuilder(newEvaluator(t))
	b.build()
	b.unit.Unresolved = append(s.unresolved(tree), b.unit.Unresolved...)
	units := append([]*model.Unit{b.unit}, b.others...)
	return scanner.Parsed{Units: units, Diagnostics: t.sorted()}, append(used, t.used()...)
}

// A service is a service file being read.
type service struct {
	file *source.Source
	root *source.Value
	vars *variables
	// prefix is the start of the names that the framework makes.
	prefix    string
	functions []slsFunction
	// unread says that functions may be missing.
	unread bool
	// said are what else is not known of it.
	said []model.Unresolved
}

func newService(lib *library, env *scanner.Env, file *source.Source, root *source.Value) *service {
	s := &service{file: file, root: root, vars: newVariables(lib, env, file, root)}
	name := s.name("service")
	if name.Value == "" {
		name = s.name("service", "name")
	}
	s.prefix = name.Value + "-" + s.vars.lookup("provider.stage").Text().Value
	s.readFunctions()
	return s
}

// at is a part of the file with its variables worked out, nil when there is
// none.
func (s *service) at(names ...string) *source.Value { return s.vars.lookup(strings.Join(names, ".")) }

func (s *service) name(names ...string) source.String {
	v := s.at(names...)
	if !v.IsScalar() {
		return source.String{}
	}
	return v.Text()
}

// template is the template that the service file stands for, as far as it
// says so itself.
func (s *service) template() *source.Value {
	at := s.root.Range
	tree := objectAt(at, pair{"Resources", s.ownResources()})
	for _, part := range s.at("resources").Elements() {
		if part.Kind != source.Object {
			s.say("resources", "a part of the resources could not be read: "+packageIt, part.Range)
			continue
		}
		tree = laidOver(tree, without(without(part, "extensions"), "Description"))
		tree = s.extended(tree, part.Get("extensions"))
	}
	return with(tree, at, pair{"Transform", listAt(at, append(tree.Get("Transform").Elements(), textAt(frameworkName, at))...)})
}

// frameworkName stands among the transforms of a template that the framework
// adds to.
const frameworkName = "Serverless Framework"

// laidOver is a value with another one over it: objects and lists are merged
// part by part ("AWS Infrastructure Resources").
func laidOver(below, above *source.Value) *source.Value {
	c := *above
	switch {
	case below.Kind == source.Object && above.Kind == source.Object:
		c.Members = slices.Clone(below.Members)
		for _, m := range above.Members {
			i := slices.IndexFunc(c.Members, func(o source.Member) bool { return o.Name.Value == m.Name.Value })
			if i < 0 {
				c.Members = append(c.Members, m)
				continue
			}
			c.Members[i] = source.Member{Name: m.Name, Value: laidOver(c.Members[i].Value, m.Value)}
		}
	case below.Kind == source.List && above.Kind == source.List:
		c.Items = slices.Clone(above.Items)
		for i, item := range below.Items {
			if i >= len(c.Items) {
				c.Items = append(c.Items, item)
				continue
			}
			c.Items[i] = laidOver(item, c.Items[i])
		}
	}
	return &c
}

// extended lays extensions over resources: a property takes the place of that
// of its name ("AWS Infrastructure Resources": Extending Serverless'
// CloudFormation resources).
func (s *service) extended(tree, extensions *source.Value) *source.Value {
	if extensions == nil || extensions.Kind != source.Object {
		return tree
	}
	resources := tree.Get("Resources")
	for _, m := range extensions.Members {
		res := resources.Get(m.Name.Value)
		if res == nil {
			continue // of a resource that is not at hand
		}
		properties := res.Get("Properties")
		for _, p := range members(m.Value.Get("Properties")) {
			properties = with(properties, res.Range, pair{p.Name.Value, p.Value})
		}
		resources = with(resources, resources.Range, pair{m.Name.Value, with(res, res.Range, pair{"Properties", properties})})
	}
	return with(tree, tree.Range, pair{"Resources", resources})
}

func (s *service) say(expression, missing string, at source.Range) {
	s.said = append(s.said, model.Unresolved{Range: at, Expression: expression, Missing: missing, Assumed: "only what the file says", Bears: true})
}

// place is where the file says that it is a service.
func (s *service) place() source.Range {
	if m, ok := s.root.Member("service"); ok {
		return m.Name.Range
	}
	return s.root.Range
}

// unresolved are what is not known of the service. A variable bears on access
// when a part of the template that does holds it.
func (s *service) unresolved(tree *source.Value) []model.Unresolved {
	s.say(path.Base(s.file.Path), "the framework and its plugins may add to it: "+packageIt, s.place())
	var access strings.Builder
	for _, m := range members(tree.Get("Resources")) {
		if typ := m.Value.Get("Type").Text().Value; strings.HasPrefix(typ, "AWS::IAM::") || strings.HasSuffix(typ, "Policy") {
			access.WriteString(m.Value.JSON())
		}
	}
	return append(s.said, s.vars.unresolved(access.String())...)
}
