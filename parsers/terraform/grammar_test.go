package terraform_test

import (
	"fmt"
	"slices"
	"strings"
)

// A grammar makes a configuration out of bytes: each is a choice, and when
// they are used up every choice is the first, which ends soon.
type grammar struct {
	data  []byte
	depth int
	size  int
	names []string // bound by for expressions and templates
	// module is the one that is written, of modules in all.
	module, modules int
	each            bool // inside a block with for_each
	count           bool // inside a block with count
}

const (
	maxGrammarDepth = 7
	maxGrammarSize  = 3000 // bytes of expressions
)

func (g *grammar) pick(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *grammar) one(list ...string) string { return list[g.pick(len(list))] }

func sortedNames[V any](list map[string]V) []string {
	names := make([]string, 0, len(list))
	for name := range list {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// configuration is a root module and those that it calls.
func (g *grammar) configuration() map[string]string {
	g.modules = 1 + g.pick(4)
	list := map[string]string{
		"t.tpl":            `{"Statement": [%{ for i, v in list ~}{"Effect": "Allow", "Action": "${v}", "Resource": "${name}"}%{ if i < 1 },%{ endif }%{ endfor }]}`,
		"p.json":           `{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}`,
		"terraform.tfvars": "given = " + g.one(`"v"`, `["v"]`, `{ k = "v" }`, "null") + "\n",
	}
	for g.module = 0; g.module < g.modules; g.module++ {
		name := fmt.Sprintf("m%d/main.tf", g.module)
		if g.module == 0 {
			name = "main.tf"
		}
		list[name] = g.file()
	}
	return list
}

// file is one module: what is always there, and some of what may be.
func (g *grammar) file() string {
	var b strings.Builder
	b.WriteString("variable \"open\" {}\nvariable \"given\" { default = \"d\" }\n")
	fmt.Fprintf(&b, "variable \"typed\" {\n  type = %s\n  default = %s\n}\n", g.kind(3), g.expr())
	fmt.Fprintf(&b, "variable \"list\" { type = %s }\n", g.one("list(string)", "set(string)", "map(string)", "any"))
	b.WriteString("locals {\n")
	for i := range 5 {
		fmt.Fprintf(&b, "  l%d = %s\n", i, g.expr())
	}
	b.WriteString("}\n")
	for i := range 1 + g.pick(3) {
		g.policyDocument(&b, i)
	}
	for i := range 2 {
		g.policy(&b, i)
	}
	g.role(&b)
	for i := range g.pick(3) {
		g.call(&b, i)
	}
	for i := range 2 {
		fmt.Fprintf(&b, "output \"o%d\" { value = %s }\n", i, g.expr())
	}
	return b.String()
}

// repeated writes count, for_each or neither.
func (g *grammar) repeated(b *strings.Builder) {
	switch g.pick(4) {
	case 1:
		fmt.Fprintf(b, "  count = %s\n", g.expr())
		g.count = true
	case 2:
		fmt.Fprintf(b, "  for_each = %s\n", g.expr())
		g.each = true
	case 3:
		fmt.Fprintf(b, "  for_each = toset(%s)\n", g.expr())
		g.each = true
	}
}

func (g *grammar) once() { g.count, g.each = false, false }

func (g *grammar) policyDocument(b *strings.Builder, i int) {
	fmt.Fprintf(b, "data \"aws_iam_policy_document\" \"d%d\" {\n", i)
	g.repeated(b)
	if g.pick(3) == 1 {
		fmt.Fprintf(b, "  source_policy_documents = %s\n", g.expr())
	}
	if g.pick(3) == 1 {
		fmt.Fprintf(b, "  override_policy_documents = [%s]\n", g.expr())
	}
	fmt.Fprintf(b, "  statement {\n    sid = %s\n    actions = %s\n    resources = %s\n", g.expr(), g.expr(), g.expr())
	fmt.Fprintf(b, "    dynamic \"condition\" {\n      for_each = %s\n      content {\n        test = condition.key\n        variable = %s\n        values = condition.value\n      }\n    }\n  }\n", g.expr(), g.expr())
	g.names = append(g.names, "st.key", "st.value")
	fmt.Fprintf(b, "  dynamic \"statement\" {\n    for_each = %s\n    iterator = st\n    content {\n      actions = %s\n      resources = [%s]\n    }\n  }\n}\n", g.outer(), g.expr(), g.expr())
	g.names = g.names[:len(g.names)-2]
	g.once()
}

// outer is an expression that sees none of the two names bound last.
func (g *grammar) outer() string {
	names := g.names
	g.names = names[:len(names)-2]
	defer func() { g.names = names }()
	return g.expr()
}

func (g *grammar) policy(b *strings.Builder, i int) {
	fmt.Fprintf(b, "resource \"aws_iam_policy\" \"p%d\" {\n", i)
	g.repeated(b)
	document := g.expr()
	switch g.pick(4) {
	case 0:
		document = fmt.Sprintf("jsonencode({ Statement = [{ Effect = \"Allow\", Action = %s, Resource = %s }, %s] })", document, g.expr(), g.expr())
	case 1:
		document = "<<-EOT\n    {\"Statement\": ${jsonencode(" + document + ")},\n     \"Id\": \"${" + g.expr() + "}\"}\n  EOT\n"
	case 2:
		document = "templatefile(\"t.tpl\", { list = " + document + ", name = " + g.expr() + " })"
	}
	fmt.Fprintf(b, "  name = %s\n  policy = %s\n}\n", g.expr(), document)
	g.once()
}

func (g *grammar) role(b *strings.Builder) {
	b.WriteString("resource \"aws_iam_role\" \"r\" {\n")
	g.repeated(b)
	fmt.Fprintf(b, "  name = %s\n  managed_policy_arns = %s\n  assume_role_policy = %s\n}\n", g.expr(), g.expr(), g.expr())
	g.once()
	b.WriteString("resource \"aws_iam_role_policy_attachment\" \"a\" {\n")
	g.repeated(b)
	fmt.Fprintf(b, "  role = %s\n  policy_arn = %s\n}\n", g.expr(), g.expr())
	g.once()
}

func (g *grammar) call(b *strings.Builder, i int) {
	dir := "."
	if g.module > 0 {
		dir = ".."
	}
	fmt.Fprintf(b, "module \"c%d\" {\n  source = \"%s/m%d\"\n", i, dir, 1+g.pick(g.modules))
	g.repeated(b)
	fmt.Fprintf(b, "  open = %s\n  typed = %s\n  list = %s\n}\n", g.expr(), g.expr(), g.expr())
	g.once()
}

// kind is a type constraint.
func (g *grammar) kind(depth int) string {
	if depth == 0 {
		return g.one("string", "number", "bool", "any")
	}
	switch g.pick(8) {
	case 1:
		return "list(" + g.kind(depth-1) + ")"
	case 2:
		return "map(" + g.kind(depth-1) + ")"
	case 3:
		return "set(" + g.kind(depth-1) + ")"
	case 4:
		return "object({ a = " + g.kind(depth-1) + ", b = optional(" + g.kind(depth-1) + ", null) })"
	case 5:
		return "tuple([" + g.kind(depth-1) + ", " + g.kind(depth-1) + "])"
	}
	return g.one("any", "string", "number", "bool")
}

// expr is an expression of any kind.
func (g *grammar) expr() string {
	if g.depth >= maxGrammarDepth || g.size > maxGrammarSize || len(g.data) == 0 {
		return g.leaf()
	}
	g.depth++
	defer func() { g.depth-- }()
	var out string
	switch g.pick(18) {
	case 0, 1, 2:
		out = g.leaf()
	case 3:
		out = "[" + g.expr() + ", " + g.expr() + "]"
	case 4:
		out = "{ " + g.one("a", "b", "(var.open)", "\"${local.l0}\"") + " = " + g.expr() + ", c = " + g.expr() + " }"
	case 5:
		out = g.expr() + " ? " + g.expr() + " : " + g.expr()
		out = "(" + out + ")"
	case 6:
		out = "(" + g.expr() + g.one(" == ", " != ", " && ", " || ", " + ", " * ", " < ", " % ", " - ", " / ") + g.expr() + ")"
	case 7:
		out = g.one("!", "-") + "(" + g.expr() + ")"
	case 8, 9:
		out = g.loop()
	case 10:
		out = "(" + g.expr() + ")" + g.one("[*]", "[*].a", ".*.b", "[*].a[0]", "[*].c[*]")
	case 11:
		out = "(" + g.expr() + ")" + g.one("[0]", ".a", "[1].b", "[\"c\"]", "["+g.expr()+"]")
	case 12, 13:
		out = g.template()
	default:
		out = g.function()
	}
	g.size += len(out)
	return out
}

func (g *grammar) leaf() string {
	n := g.pick(16)
	switch {
	case n < 4 && len(g.names) > 0:
		return g.one(g.names...)
	case n == 4 && g.each:
		return g.one("each.key", "each.value", "each.value.a")
	case n == 4 && g.count:
		return "count.index"
	}
	switch n {
	case 5:
		return g.one("0", "1", "3", "1e3", "-1", "2.5", "1e9")
	case 6:
		return g.one("true", "false", "null")
	case 7, 8:
		return g.one("local.l0", "local.l1", "local.l2", "local.l3", "local.l4")
	case 9, 10:
		return g.one("var.open", "var.given", "var.typed", "var.list", "var.open.a", "var.list[0]", "var.typed[\"a\"]")
	case 11:
		return g.one("module.c0.o0", "module.c0", "module.c1.o1", "module.c0[0].o1", "module.c1[*].o0", "values(module.c0)[*].o0")
	case 12:
		return g.one("aws_iam_policy.p0.arn", "aws_iam_policy.p0", "aws_iam_policy.p1[0].arn", "aws_iam_policy.p1[*].name", "aws_iam_role.r", "aws_iam_role.r.name", "aws_iam_policy.p0.policy")
	case 13:
		return g.one("data.aws_iam_policy_document.d0.json", "data.aws_iam_policy_document.d1", "data.aws_iam_policy_document.d0[0].json", "data.aws_iam_policy_document.d1[*].json", "data.aws_caller_identity.me.account_id")
	case 14:
		return g.one("path.module", "terraform.workspace", "file(\"p.json\")", "range(300)", "timestamp()", "[for q in range(100) : \"x${q}\"]")
	}
	return g.one(`"a"`, `"logs:*"`, `[]`, `{}`, `""`, `["a", "b"]`, `{ a = "x", b = ["y"] }`, `"*"`, `[{ a = "p" }, { a = "q", b = 2 }]`)
}

// loop is a for expression.
func (g *grammar) loop() string {
	coll := g.expr()
	k, v := fmt.Sprintf("k%d", len(g.names)), fmt.Sprintf("v%d", len(g.names))
	g.names = append(g.names, k, v)
	defer func() { g.names = g.names[:len(g.names)-2] }()
	cond := ""
	if g.pick(3) == 1 {
		cond = " if " + g.expr()
	}
	switch g.pick(4) {
	case 1:
		return "{ for " + k + ", " + v + " in " + coll + " : " + g.expr() + " => " + g.expr() + cond + " }"
	case 2:
		return "{ for " + k + ", " + v + " in " + coll + " : " + g.expr() + " => " + g.expr() + "..." + cond + " }"
	}
	return "[for " + k + ", " + v + " in " + coll + " : " + g.expr() + cond + "]"
}

func (g *grammar) template() string {
	switch g.pick(5) {
	case 1:
		return `"%{ if ` + g.expr() + ` }x${` + g.expr() + `}%{ else }y%{ endif }"`
	case 2:
		coll := g.expr()
		v := fmt.Sprintf("t%d", len(g.names))
		g.names = append(g.names, v, v)
		defer func() { g.names = g.names[:len(g.names)-2] }()
		return `"%{ for ` + v + ` in ` + coll + ` ~} ${` + g.expr() + `} %{~ endfor }"`
	case 3:
		return `"${` + g.expr() + `}"`
	}
	return `"a:${` + g.expr() + `}-${` + g.expr() + `}"`
}

// function is a call with about as many arguments as the function takes.
func (g *grammar) function() string {
	one := []string{"length", "keys", "values", "toset", "tolist", "flatten", "compact", "distinct", "sort", "reverse", "jsonencode", "jsondecode", "upper", "one", "tostring", "tonumber", "sum", "sha256", "base64encode", "yamlencode", "yamldecode", "urlencode", "transpose", "tomap", "sensitive", "can", "range", "trimspace", "alltrue", "min", "csvdecode", "title", "md5", "abs", "ceil", "strrev"}
	two := []string{"concat", "merge", "lookup", "element", "join", "split", "contains", "format", "formatlist", "coalesce", "coalescelist", "try", "setunion", "setproduct", "setsubtract", "zipmap", "chunklist", "index", "regex", "regexall", "matchkeys", "range", "trimprefix", "endswith", "indent", "pow", "cidrsubnet", "max"}
	three := []string{"replace", "slice", "lookup", "substr", "format", "merge", "concat", "try", "range", "cidrsubnets", "formatlist", "setproduct", "join"}
	var name string
	var args []string
	switch g.pick(5) {
	case 0, 1:
		name, args = g.one(one...), []string{g.expr()}
	case 2, 3:
		name, args = g.one(two...), []string{g.expr(), g.expr()}
	default:
		name, args = g.one(three...), []string{g.expr(), g.expr(), g.expr()}
	}
	spread := ""
	if g.pick(8) == 1 {
		spread = "..."
	}
	return name + "(" + strings.Join(args, ", ") + spread + ")"
}
