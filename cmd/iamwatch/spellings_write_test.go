package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// hclText writes a text as a quoted template that is the text.
func hclText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case '\n':
			b.WriteString(`\n`)
		case '\t':
			b.WriteString(`\t`)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return templateText(b.String())
}

// templateText escapes what begins an interpolation or a directive. A $ right
// before one that is escaped already must be written by its code.
func templateText(s string) string {
	s = strings.ReplaceAll(s, "$${", "\x00$${")
	out := strings.ReplaceAll(strings.ReplaceAll(s, "${", "$${"), "%{", "%%{")
	return strings.ReplaceAll(out, "\x00$$${", `\u0024$${`)
}

// hcl writes a value as an expression, objects with = or : and names quoted
// or not.
func (m maker) hcl(v *source.Value) string {
	switch v.Kind {
	case source.Str:
		return hclText(v.Scalar.Value)
	case source.List:
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = m.hcl(item)
		}
		return "[" + strings.Join(parts, ", ") + choose(m, "", ",") + "]"
	case source.Object:
		parts := make([]string, len(v.Members))
		for i, member := range v.Members {
			name := member.Name.Value
			if strings.ContainsAny(name, ":/ ") || m.chance(2) {
				name = strconv.Quote(name)
			}
			parts[i] = name + choose(m, " = ", ": ") + m.hcl(member.Value)
		}
		return "{" + strings.Join(parts, choose(m, ", ", "\n")) + "}"
	}
	return v.Scalar.Value
}

// hclList writes a value or a list as a list of texts, which the arguments of
// a policy document's data block are.
func (m maker) hclList(v *source.Value) string {
	list := &source.Value{Kind: source.List, Items: v.Elements()}
	return strings.ReplaceAll(m.hcl(list), "$${", "&{")
}

// dataBlock writes a document as a data block aws_iam_policy_document.
func (m maker) dataBlock(name string, d *source.Value) string {
	var b strings.Builder
	fmt.Fprintf(&b, "data \"aws_iam_policy_document\" %q {\n", name)
	if v := d.Get("Version").Text().Value; v != "2012-10-17" || m.chance(2) {
		fmt.Fprintf(&b, "version = %q\n", v)
	}
	if id := d.Get("Id"); id != nil {
		fmt.Fprintf(&b, "policy_id = %s\n", m.hcl(id))
	}
	for _, st := range d.Get("Statement").Elements() {
		b.WriteString("statement {\n" + m.dataStatement(st) + "}\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func (m maker) dataStatement(st *source.Value) string {
	var b strings.Builder
	arguments := map[string]string{"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}
	for _, i := range m.Perm(len(st.Members)) {
		v := st.Members[i].Value
		switch name := st.Members[i].Name.Value; name {
		case "Sid":
			fmt.Fprintf(&b, "sid = %s\n", m.hcl(v))
		case "Effect":
			if v.Scalar.Value != "Allow" || m.chance(2) {
				fmt.Fprintf(&b, "effect = %s\n", m.hcl(v))
			}
		case "Principal":
			b.WriteString(m.dataPrincipals("principals", v))
		case "NotPrincipal":
			b.WriteString(m.dataPrincipals("not_principals", v))
		case "Condition":
			b.WriteString(m.dataConditions(v))
		default:
			fmt.Fprintf(&b, "%s = %s\n", arguments[name], m.hclList(v))
		}
	}
	return b.String()
}

func (m maker) dataPrincipals(block string, v *source.Value) string {
	if v.Kind == source.Str {
		return block + " {\ntype = \"*\"\nidentifiers = [\"*\"]\n}\n"
	}
	var b strings.Builder
	for _, p := range v.Members {
		fmt.Fprintf(&b, "%s {\ntype = %q\nidentifiers = %s\n}\n", block, p.Name.Value, m.hclList(p.Value))
	}
	return b.String()
}

func (m maker) dataConditions(v *source.Value) string {
	var b strings.Builder
	for _, op := range v.Members {
		for _, key := range op.Value.Members {
			fmt.Fprintf(&b, "condition {\ntest = %q\nvariable = %q\nvalues = %s\n}\n", op.Name.Value, key.Name.Value, m.hclList(key.Value))
		}
	}
	return b.String()
}

// yaml writes a value in block or flow style. Its first line is for the line
// of its name; those that follow are indented.
func (m maker) yaml(v *source.Value, indent string) string {
	switch v.Kind {
	case source.Str:
		return m.yamlText(v.Scalar.Value)
	case source.List:
		var b strings.Builder
		for _, item := range v.Items {
			b.WriteString("\n" + indent + "- " + strings.TrimLeft(m.yaml(item, indent+"  "), "\n "))
		}
		return b.String()
	case source.Object:
		if m.chance(4) {
			return v.JSON()
		}
		var b strings.Builder
		for _, member := range v.Members {
			value := m.yaml(member.Value, indent+"  ")
			if !strings.HasPrefix(value, "\n") {
				value = " " + value
			}
			b.WriteString("\n" + indent + m.yamlText(member.Name.Value) + ":" + value)
		}
		return b.String()
	}
	return v.Scalar.Value
}

// yamlTemplate writes a template down to its properties in block style.
func (m maker) yamlTemplate(v *source.Value) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n")
	for _, r := range v.Get("Resources").Members {
		fmt.Fprintf(&b, "  %s:\n    Type: %s\n    Properties:", r.Name.Value, r.Value.Get("Type").Text().Value)
		for _, p := range r.Value.Get("Properties").Members {
			value := m.yaml(p.Value, "        ")
			if !strings.HasPrefix(value, "\n") {
				value = " " + value
			}
			b.WriteString("\n      " + p.Name.Value + ":" + value)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// yamlText writes a text plain where that is the text, or in quotes.
func (m maker) yamlText(s string) string {
	typed := []string{"true", "null", "yes", "False"}
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/._-") == "" &&
		s[0] >= 'A' && !strings.HasSuffix(s, ":") && !slices.Contains(typed, s)
	switch {
	case (plain || s == "2012-10-17") && !m.chance(3):
		return s
	case m.chance(2) && !strings.ContainsAny(s, "\n\t"):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return textValue(s).JSON()
}
