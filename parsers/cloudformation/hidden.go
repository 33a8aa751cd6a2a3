package cloudformation

import (
	"bytes"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// hideSecrets hides what no report may repeat, whatever it shows of the lines
// that hold it: values of parameters marked NoEcho ("Parameters", NoEcho), where
// the template declares them and where the user or a calling template gives
// them, and what dynamic references name.
func (t *template) hideSecrets() {
	for name, p := range t.parameters {
		if !p.noEcho {
			continue
		}
		declared := t.root.Get("Parameters").Get(name)
		hideTexts(declared.Get("Default"))
		hideTexts(declared.Get("AllowedValues"))
		hideText(t.env.ParameterFiles[name])
		if t.call != nil {
			hideTexts(t.call.inputs[name].Value)
		}
	}
	if bytes.Contains(t.file.Bytes(), []byte("resolve")) {
		hideDynamic(t.root)
	}
}

// hideTexts hides every text of a value, but for the names that calls take.
func hideTexts(v *source.Value) {
	if v == nil {
		return
	}
	fn, arg, call := intrinsic(v)
	switch {
	case v.IsScalar():
		hideText(v.Text())
	case call && (fn == "Ref" || fn == "Fn::GetAtt"):
	case call:
		hideTexts(arg)
	}
	for _, i := range v.Items {
		hideTexts(i)
	}
	for _, m := range v.Members {
		if !call {
			hideTexts(m.Value)
		}
	}
}

// hideText hides a text where it stands and where it was written, its quotes
// apart.
func hideText(s source.String) {
	unquoted(s.Range).Hide()
	unquoted(s.Origin).Hide()
}

func unquoted(r source.Range) source.Range {
	raw := r.Text()
	if n := len(raw); n >= 2 && (raw[0] == '"' || raw[0] == '\'') && raw[n-1] == raw[0] {
		return r.Source.Range(r.Start()+1, r.End()-1)
	}
	return r
}

// hideDynamic hides what the dynamic references in a value name.
func hideDynamic(v *source.Value) {
	if v.IsScalar() && strings.Contains(v.Scalar.Value, dynamicReference) {
		hideNames(literalText(v.Scalar))
	}
	for _, i := range v.Items {
		hideDynamic(i)
	}
	for _, m := range v.Members {
		hideDynamic(m.Value)
	}
}

func hideNames(t source.Text) {
	for at := 0; ; {
		i := strings.Index(t.Value[at:], dynamicReference)
		if i < 0 {
			return
		}
		start := at + i + len(dynamicReference)
		if at = strings.Index(t.Value[start:], "}}"); at < 0 {
			at = len(t.Value) - start
		}
		at += start
		if start < at {
			t.Range(start, at).Hide()
		}
	}
}

// hideFaults hides what may be the value of a parameter marked NoEcho on the
// lines that could not be read: nothing else says which values they are.
func hideFaults(diags []source.Diagnostic) {
	for _, d := range diags {
		s := d.Range.Source
		if d.Warning || s == nil || !bytes.Contains(s.Bytes(), []byte("NoEcho")) {
			continue
		}
		for line := d.Range.From().Line; line <= d.Range.To().Line; line++ {
			hideDeclared(s.LineRange(line))
		}
	}
}

// hideDeclared hides a line from behind the first word for a parameter's value.
func hideDeclared(line source.Range) {
	text := line.Text()
	first := len(text)
	for _, word := range []string{"Default", "AllowedValues"} {
		if i := strings.Index(text, word); i >= 0 {
			first = min(first, i+len(word))
		}
	}
	line.Source.Range(line.Start()+first, line.End()).Hide()
}
