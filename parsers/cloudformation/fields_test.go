package cloudformation_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// roads are templates that declare one of each, for the law of roads.
const roads = "../../cmd/iamwatch/testdata/roads/"

// filledFields are the fields of the model, as Type.Field, that some fixture
// fills once its references are resolved.
func filledFields(t *testing.T) map[string]bool {
	t.Helper()
	var files []string
	for _, pattern := range []string{"testdata/fixtures/*", roads + "*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no fixtures at %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	filled := map[string]bool{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(data), crowded(string(data))} {
			m := &model.Model{Units: parse(t, filepath.Base(f), text, nil).Units}
			model.Link(m, "")
			fill(reflect.ValueOf(m), filled, map[pointer]bool{})
		}
	}
	return filled
}

// A pointer is one that was followed. That of a struct and that of its first
// field are equal but for their types.
type pointer struct {
	at  uintptr
	typ reflect.Type
}

// fill notes the fields of structs of the model that are not zero.
func fill(v reflect.Value, filled map[string]bool, seen map[pointer]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if p := (pointer{v.Pointer(), v.Type()}); !v.IsNil() && !seen[p] {
			seen[p] = true
			fill(v.Elem(), filled, seen)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), filled, seen)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != reflect.TypeFor[model.Unit]().PkgPath() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				filled[v.Type().Name()+"."+f.Name] = true
				fill(v.Field(i), filled, seen)
			}
		}
	}
}

// checkFields fails for every field of the types that no fixture fills and
// that is no exception, and for every exception that is none.
func checkFields(t *testing.T, types []reflect.Type, exceptions map[string]string) {
	t.Helper()
	filled, known := filledFields(t), map[string]bool{}
	for _, typ := range types {
		for i := range typ.NumField() {
			name := typ.Name() + "." + typ.Field(i).Name
			if !typ.Field(i).IsExported() {
				continue
			}
			known[name] = true
			switch reason := exceptions[name]; {
			case !filled[name] && reason == "":
				t.Errorf("no fixture fills %s", name)
			case filled[name] && reason != "":
				t.Errorf("a fixture fills %s, which is said to be empty: %s", name, reason)
			}
		}
	}
	for name := range exceptions {
		if !known[name] {
			t.Errorf("%s is no field", name)
		}
	}
}

// TestFixturesFillTheFleet: of identities, credentials, organizations and
// machines, templates fill every field but those that no template can.
func TestFixturesFillTheFleet(t *testing.T) {
	const (
		notType  = "CloudFormation has no such resource type"
		export   = "only an export of an account holds it"
		provider = "templates do not say how they are deployed"
	)
	checkFields(t, []reflect.Type{
		reflect.TypeFor[model.Unit](), reflect.TypeFor[model.Unresolved](), reflect.TypeFor[model.Entity](), reflect.TypeFor[model.Cause](),
		reflect.TypeFor[model.Ref](), reflect.TypeFor[model.Identity](), reflect.TypeFor[model.Assignment](), reflect.TypeFor[model.Tag](),
		reflect.TypeFor[model.Attachment](), reflect.TypeFor[model.LooseAttachment](), reflect.TypeFor[model.Membership](),
		reflect.TypeFor[model.Policy](), reflect.TypeFor[model.InstanceProfile](), reflect.TypeFor[model.Instance](),
		reflect.TypeFor[model.ProfileUser](), reflect.TypeFor[model.AgentAlarm](), reflect.TypeFor[model.IdentityProvider](),
		reflect.TypeFor[model.Control](), reflect.TypeFor[model.AccessKey](), reflect.TypeFor[model.WrittenKey](),
		reflect.TypeFor[model.TemplateUser](), reflect.TypeFor[model.PodIdentity](), reflect.TypeFor[model.RolesAnywhereProfile](),
		reflect.TypeFor[model.TrustAnchor](),
	}, map[string]string{
		"Unit.Covers":             "only a plan covers a configuration",
		"Unit.Account":            "it is given by flags or by an assembly",
		"Unit.Credentials":        provider,
		"Unit.Region":             "it is given by an assembly",
		"Unit.Partition":          provider,
		"Unit.MetadataDefaults":   notType,
		"Unit.ServiceCredentials": notType,
		"Unit.HostManagement":     notType,
		"Unit.AssumedRoles":       provider,
		"Unit.CredentialReports":  export,
		"Unit.Summaries":          export,
		"Entity.Module":           "only resources of nested stacks have it, which no fixture has",
		"Ref.Unit":                "only what another template exports has it, and fixtures are read one by one",
		"Identity.UniqueID":       export,
		"Identity.AllInline":      "a stack leaves what others attach",
		"Identity.AllManaged":     "a stack leaves what others attach",
		"Attachment.Module":       "templates call no modules that are at hand",
		"Instance.Region":         "it is given by an assembly",
		"TemplateUser.Region":     "it is given by an assembly",
		"Instance.IMDSSupport":    "templates register no images",
		"ProfileUser.Unread":      "templates call no modules that are at hand",
		"AccessKey.Last4":         export,
		"AccessKey.PGPKey":        "CloudFormation encrypts no secrets",
		"AccessKey.Created":       export,
		"AccessKey.LastUsed":      export,
		"AccessKey.Service":       export,
		"WrittenKey.Double":       "templates name no endpoints",
	})
}
