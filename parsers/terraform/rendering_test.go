package terraform_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUndecidedDirectives: of a template with directives that nobody can
// decide every statement is read that some reading of it has; what no reading
// shows is unread, not left out.
func TestUndecidedDirectives(t *testing.T) {
	const always = `{"Effect": "Allow", "Action": "xray:*", "Resource": "*"}`
	for _, tc := range []struct{ name, template, want string }{
		{"a condition", `{"Statement": [` + always + `%{ if on }, {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}%{ endif }]}`, `
Allow xray:* on *
Allow maybe logs:* on *`},
		{"a value in a condition", `{"Statement": [` + always + `%{ if length(list) > 0 }, {"Effect": "Allow", "Action": ${jsonencode(list)}, "Resource": "*"}%{ endif }]}`, `
Allow xray:* on *
Allow maybe ${jsonencode(list)} on *`},
		{"a loop", `{"Statement": [%{ for l in list }{"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:${l}:*"}, %{ endfor }` + always + `]}`, `
Allow maybe logs:* on arn:aws:logs:*:*:log-group:${var.list}:*
Allow xray:* on *`},
		{"a loop with commas between", `{"Statement": [%{ for i, l in list }%{ if i > 0 }, %{ endif }{"Effect": "Allow", "Action": "logs:*", "Resource": "${l}"}%{ endfor }]}`, `
Allow maybe logs:* on ${var.list}`},
		{"all of it in a condition", `%{ if on }{"Statement": ` + always + `}%{ endif }`, `
Allow maybe xray:* on *`},
		{"two conditions of which one holds", `{"Statement": [%{ if on }` + always + `%{ endif }%{ if !on }{"Effect": "Deny", "Action": "*", "Resource": "*"}%{ endif }]}`, `
Allow maybe ${var.on} on ${var.on}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := readOne(t, files(map[string]string{
				"p.tftpl": tc.template,
				"main.tf": "variable \"on\" { type = bool }\nvariable \"list\" { type = list(string) }\n" +
					policyOf(`templatefile("p.tftpl", { on = var.on, list = var.list })`),
			}))
			if diff := cmp.Diff(strings.TrimPrefix(tc.want, "\n"), statements(u.Policies[0].Document)); diff != "" {
				t.Error(diff)
			}
			if len(u.Unresolved) == 0 && strings.Contains(tc.want, "${") {
				t.Error("what is unknown is not noted")
			}
		})
	}
}
