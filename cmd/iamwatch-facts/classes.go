package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// classesJSON is our judgement of the actions. A Write or Permissions
// management action of a core service must stand in it; List and Read actions
// that do not are recon, Tagging actions tag.
//
//go:embed classes.json
var classesJSON []byte

// classification is the content of classes.json.
type classification struct {
	// Order ranks the classes from the gravest: the first of an action's
	// classes is its primary one unless Primary names another.
	Order []string `json:"order"`
	// Core holds service prefix -> class -> actions.
	Core    map[string]map[string][]string `json:"core"`
	Primary map[string]string              `json:"primary"`
	// Worst are the actions whose misuse is the worst within their class. Not
	// here are those that need a second key in other hands: *:Link (needs
	// oam:CreateLink), oam:CreateSink and PutSinkPolicy (admit telemetry,
	// disclose none), GetSpaceCredentials and AssumeAccessProfile (bounded by
	// access grants), CallWithBearerToken (needs a credential), S3 tables
	// (fixed destination in the account); nor those of services that have ended.
	Worst map[string][]string `json:"worst"`
	// PassesRole is the service principal to which an action hands a role.
	PassesRole map[string]string `json:"passesRole"`
	// Retired is the day on which a service ended.
	Retired map[string]string `json:"retired"`
	// Related are the services outside the family of which only the named
	// actions matter.
	Related map[string]relatedService `json:"related"`
	// OutOfScope says of neighbours why they are in neither list.
	OutOfScope        map[string]string `json:"outOfScope"`
	ServicePrincipals map[string]string `json:"servicePrincipals"`
}

type relatedService struct {
	Why     string              `json:"why"`
	Classes map[string][]string `json:"classes"`
}

func readClasses(data []byte) (*classification, error) {
	var c classification
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return nil, fmt.Errorf("read classes: %w", err)
	}
	return &c, nil
}

// classesOf are the classes under which spec names an action, the primary
// first, the rest by gravity.
func (c *classification) classesOf(service, action string, spec map[string][]string) []string {
	var out []string
	for class, actions := range spec {
		if slices.Contains(actions, action) {
			out = append(out, class)
		}
	}
	first := c.Primary[service+":"+action]
	slices.SortFunc(out, func(a, b string) int { return c.rank(a, first) - c.rank(b, first) })
	return out
}

func (c *classification) rank(class, first string) int {
	if class == first {
		return -1
	}
	return slices.Index(c.Order, class)
}

// unknown lists what is classified but not in the reference data.
func (c *classification) unknown(known func(service, action string) bool) []string {
	var out []string
	check := func(service, action, what string) {
		if !known(service, action) {
			out = append(out, fmt.Sprintf("%s:%s %s and is unknown", service, action, what))
		}
	}
	for service, spec := range c.all() {
		for class, actions := range spec {
			if !slices.Contains(c.Order, class) {
				out = append(out, fmt.Sprintf("%s: class %s is unknown", service, class))
			}
			for _, a := range actions {
				check(service, a, "has class "+class)
			}
		}
	}
	for service, actions := range c.Worst {
		for _, a := range actions {
			check(service, a, "has the worst impact")
		}
	}
	for _, named := range []map[string]string{c.Primary, c.PassesRole} {
		for full := range named {
			service, action := splitAction(full)
			check(service, action, "is named")
		}
	}
	slices.Sort(out)
	return out
}

// all is service -> class -> actions, core and related.
func (c *classification) all() map[string]map[string][]string {
	out := maps.Clone(c.Core)
	for service, r := range c.Related {
		out[service] = r.Classes
	}
	return out
}
