package iam_test

import (
	"strings"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/iam"
)

// strictForms are documents that AWS would refuse and a scan takes as
// written, one form each. EFFECT stands for either effect.
func strictForms() []strictForm {
	const star = `"Effect":"EFFECT","Action":"*","Resource":"*"`
	trust := func(rest string) string { return statements(`"Effect":"EFFECT","Action":"sts:AssumeRole",` + rest) }
	when := func(condition string) string { return statements(star + `,"Condition":{` + condition + "}") }
	const identity = iam.IdentityDocument
	return []strictForm{
		// Forms of no meaning: the document counts for nothing.
		{"unknown element of a document", identity, `{"Comment":"x",` + statements(star)[1:], true},
		{"Statement in small letters", identity, `{"statement":[{` + star + `}]}`, true},
		{"unknown element of a statement", identity, statements(star + `,"Conditions":{}`), true},
		{"Effect spelt effect", identity, statements(`"effect":"EFFECT","Action":"*","Resource":"*"`), true},
		{"kind of principal in small letters", iam.TrustDocument, trust(`"Principal":{"aws":"` + alice + `"}`), true},
		{"Sid with a blank", identity, statements(`"Sid":"a b",` + star), true},
		{"Sid with a dash in a trust policy", iam.TrustDocument, trust(`"Sid":"a-b","Principal":"*"`), true},
		{"action without a prefix", identity, statements(`"Effect":"EFFECT","Action":["*","DeleteAlarms"],"Resource":"*"`), true},
		{"action without a prefix in NotAction", identity, statements(`"Effect":"EFFECT","NotAction":"s3","Resource":"*"`), true},
		{"resource that is no ARN", identity, statements(`"Effect":"EFFECT","Action":"*","Resource":["*","alarm:prod"]`), true},
		{"resource that is no ARN in an SCP", iam.ServiceControlDocument, statements(`"Effect":"EFFECT","Action":"*","Resource":["*","prod"]`), true},
		{"Resource in a trust policy", iam.TrustDocument, trust(`"Principal":"*","Resource":"*"`), true},
		{"character beyond U+00FF", identity, when(`"StringNotEquals":{"aws:x":"Ā"}`), true},
		// Forms that have one: it decides.
		{"wildcard in a prefix", identity, statements(`"Effect":"EFFECT","Action":"cloud*:Get*","Resource":"*"`), false},
		{"wildcard in a principal", iam.TrustDocument, trust(`"Principal":{"AWS":"arn:aws:iam::*:root"}`), false},
		{"group as principal", iam.TrustDocument, trust(`"Principal":{"AWS":"arn:aws:iam::111122223333:group/g"}`), false},
		{"NotPrincipal in a trust policy", iam.TrustDocument, trust(`"NotPrincipal":{"AWS":"` + bob + `"}`), false},
		{"unknown operator", identity, when(`"StringIs":{"aws:x":"a"}`), false},
		{"malformed condition value", identity, when(`"NumericEquals":{"aws:x":"a"}`), false},
		{"Sid twice", identity, statements(`"Sid":"a",`+star, `"Sid":"a",`+star), false},
	}
}

type strictForm struct {
	says string
	kind iam.DocumentKind
	text string
	void bool
}

// TestReadStrict holds that a scan takes refused documents as written, and
// that a strict reading drops those without a meaning alone.
func TestReadStrict(t *testing.T) {
	for _, c := range strictForms() {
		v := jsonValue(t, strings.ReplaceAll(c.text, "EFFECT", "Allow"))
		lenient, strict := iam.Read(v, c.kind), iam.ReadStrict(v, c.kind)
		if len(lenient.Faults) == 0 || !lenient.Faults[0].Fatal || lenient.Invalid {
			t.Errorf("%s: a scan reads faults %v, invalid %v", c.says, lenient.Faults, lenient.Invalid)
		}
		if strict.Invalid != c.void || strict.Faults[0].Void != c.void {
			t.Errorf("%s: invalid %v, fault %+v, want void %v", c.says, strict.Invalid, strict.Faults[0], c.void)
		}
	}
	sound := []string{
		statements(allowEverything), statements(`"Effect":"Allow","Action":"logs:","Resource":"*"`),
		statements(`"Effect":"Allow","Action":"*","Resource":"arn:aws:logs:us-east-1"`), `{"Id":"x","Statement":{` + allowEverything + `}}`,
	}
	for _, text := range sound {
		if d := iam.ReadStrict(jsonValue(t, text), iam.IdentityDocument); d.Invalid {
			t.Errorf("%s is not taken: %v", text, d.Faults)
		}
	}
	if d := iam.ReadStrict(nil, iam.IdentityDocument); d != nil {
		t.Errorf("no value gives %v", d)
	}
}

// TestVoidDocumentsCountForNothing asks of each form without a meaning what
// it grants and denies, where the answer turns on it. A trust policy or an
// SCP that counts for nothing leaves nothing.
func TestVoidDocumentsCountForNothing(t *testing.T) {
	for _, c := range strictForms() {
		if !c.void {
			continue
		}
		request := iam.Request{Principal: alice, Action: "cloudwatch:DeleteAlarms", Resource: alarm}
		if c.kind == iam.TrustDocument {
			request.Action, request.Resource = "sts:AssumeRole", "arn:aws:iam::111122223333:role/app"
		}
		ask := func(d *iam.Document, effect string) string {
			return answer(iam.Decide(turningOn(t, d, effect), request, fakeFacts{}))
		}
		for _, effect := range []string{"Allow", "Deny"} {
			lenient, strict := "allowed", "denied"
			if effect == "Deny" {
				lenient = "explicit"
				if c.kind == iam.IdentityDocument {
					strict = "allowed"
				}
			}
			v := jsonValue(t, strings.ReplaceAll(c.text, "EFFECT", effect))
			if got := ask(iam.ReadStrict(v, c.kind), effect); got != strict {
				t.Errorf("%s, %s: read strictly %s, want %s", c.says, effect, got, strict)
			}
			if got := ask(iam.Read(v, c.kind), effect); got != lenient && got != "conditional" {
				t.Errorf("%s, %s: as a scan reads it %s, want %s", c.says, effect, got, lenient)
			}
		}
	}
}

// turningOn are policies whose answer turns on a document.
func turningOn(t *testing.T, d *iam.Document, effect string) iam.Policies {
	t.Helper()
	p := iam.Policies{Identity: []*iam.Document{allowAll(t)}}
	switch {
	case d.Kind == iam.TrustDocument:
		p.Trust = d
	case d.Kind == iam.ServiceControlDocument:
		p.SCP = [][]*iam.Document{{d}}
	case effect == "Allow":
		p.Identity = []*iam.Document{d}
	default:
		p.Identity = append(p.Identity, d)
	}
	return p
}
