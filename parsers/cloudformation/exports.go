package cloudformation

import (
	"bytes"
	"slices"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// An export is an output under a name that other stacks of the account and
// region import it by ("Get exported outputs from a deployed stack").
type export struct {
	// unit is the path of the stack's own template, file that of the template
	// which exports.
	unit, file      string
	account, region string
	value           *source.Value
	// address is what of the unit the value refers to, if it refers to a thing.
	address string
}

// foreignMark parts the unit from the address where another unit has it.
const foreignMark = "\x00"

// referTo is the reference of an address, which may be one of another unit.
func referTo(address string, value source.String, perhaps bool) model.Ref {
	r := model.Ref{Value: value, Address: address, Maybe: perhaps}
	if unit, there, ok := strings.Cut(address, foreignMark); ok {
		r.Unit, r.Address = unit, there
	}
	return r
}

// mayExport and mayImport are byte checks, so that a scan without imports pays
// nothing for them.
func mayExport(data []byte) bool { return bytes.Contains(data, []byte("Export")) }

func mayImport(data []byte) bool { return bytes.Contains(data, []byte("ImportValue")) }

// importValue is Fn::ImportValue. The value is that of the one template of the
// scan which exports the name in the same account.
func (e *evaluator) importValue(arg *source.Value, r source.Range) *source.Value {
	name := e.eval(arg)
	found := e.exported(name.Text())
	switch {
	case len(found) == 1:
		return e.imported(found[0], r)
	case len(found) > 1:
		return e.elsewhere("the export "+e.show(arg)+" is one of several templates of the scan: "+found[0].file+" and "+found[1].file, r)
	}
	return e.elsewhere("the export "+e.show(arg)+" of another stack is not in the scan", r)
}

// exported are the exports of a name that may be meant here.
func (e *evaluator) exported(name source.String) []export {
	if !name.Known || name.Value == "" || e.t.lib == nil || e.t.top().exporting {
		return nil
	}
	apart := func(a, b string) bool { return a != b && a != "" && b != "" }
	return slices.DeleteFunc(slices.Clone(e.t.lib.exports()[name.Value]), func(x export) bool {
		return apart(x.account, e.t.env.Account) || apart(x.region, e.t.env.Region)
	})
}

// imported is an exported value as this unit has it.
func (e *evaluator) imported(x export, r source.Range) *source.Value {
	v := *x.value
	for _, p := range source.Pieces(v.Text().Value) {
		switch p.Kind {
		case source.HoleFree, source.HoleAccount:
			e.note(e.label(), "what "+x.file+" exports depends on "+source.Show(source.Hole(p.Kind, p.Label)), p.Kind, r)
		}
	}
	v.Scalar.Value = source.ReplaceMarks(v.Scalar.Value, func(kind source.HoleKind, label string) string {
		id, _, _ := strings.Cut(label, ".")
		if label != "" && (e.t.byID[id] != nil || e.t.parameters[id] != nil || kind == source.HoleFree) {
			label = x.file + " " + label // it is no thing of this template
		}
		return source.Hole(kind, label)
	})
	out := e.at(&v, r)
	switch {
	case x.address == "":
	case x.unit == e.t.top().file.Path:
		e.addresses[out] = x.address
	default:
		e.addresses[out] = x.unit + foreignMark + x.address
	}
	return out
}

// exportsOf finds what the templates of the scan export under known names. It
// takes parameters at their defaults and follows no imports.
func (l *library) exportsOf() map[string][]export {
	x := &exporter{lib: l, found: map[string][]export{}, nested: map[string]bool{}}
	var alone []*document
	for _, p := range l.paths {
		d := l.find(p)
		if mayCall(d.file) || mayExport(d.file.Bytes()) {
			alone = append(alone, d)
		}
	}
	kept := make([]map[string][]export, len(alone))
	for i, d := range alone {
		x.found = map[string][]export{}
		x.template(d)
		kept[i] = x.found
	}
	out := map[string][]export{}
	for i, d := range alone {
		if x.nested[d.file.Path] {
			continue
		}
		for name, list := range kept[i] {
			out[name] = append(out[name], list...)
		}
	}
	for _, list := range out { // one file after another, whatever the order of names in each
		slices.SortStableFunc(list, func(a, b export) int { return strings.Compare(a.unit+a.file, b.unit+b.file) })
	}
	return out
}

// An exporter collects exports.
type exporter struct {
	lib    *library
	found  map[string][]export
	nested map[string]bool
}

func (x *exporter) template(d *document) {
	root, _ := x.lib.tree(d.file)
	if root == nil || root.Kind != source.Object {
		return
	}
	t := newTemplate(d.file, root, x.lib.made.envFor(d.file, x.lib.env), nil)
	t.lib, t.exporting = x.lib, true
	x.outputs(newEvaluator(t))
}

// outputs takes the exports of a template and of those that it nests.
func (x *exporter) outputs(e *evaluator) {
	for _, name := range sortedOutputs(e.t) {
		o := e.t.outputs()[name]
		named := e.eval(o.Get("Export").Get("Name")).Text()
		if !named.Known || named.Value == "" {
			continue
		}
		if v := e.output(o, false, false); v.IsScalar() {
			x.found[named.Value] = append(x.found[named.Value], export{
				unit: e.t.top().file.Path, file: e.t.file.Path, account: e.t.env.Account, region: e.t.env.Region, value: v, address: e.addresses[v],
			})
		}
	}
	for _, res := range e.t.resources {
		if !isStack(res.typ) || !e.exists(res.condition) {
			continue
		}
		if child := e.stack(res); child != nil {
			x.nested[child.t.file.Path] = true
			x.outputs(child)
		}
	}
}

func sortedOutputs(t *template) []string {
	var names []string
	for name := range t.outputs() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// getStackOutput is Fn::GetStackOutput: what a stack returns, named by the
// stack and the output. Only stacks of this template have names that are known
// here.
func (e *evaluator) getStackOutput(arg *source.Value, r source.Range) *source.Value {
	stack := e.eval(arg.Get("StackName"))
	output := e.eval(arg.Get("OutputName")).Text()
	for _, res := range e.t.resources {
		if stack != nil && res.id.Value == e.addresses[stack] && isStack(res.typ) && output.Known && arg.Get("RoleArn") == nil {
			return e.stackOutput(res, output.Value, r)
		}
	}
	return e.elsewhere("the output "+output.Show()+" of the stack "+stack.Text().Show()+" is not in the scan", r)
}
