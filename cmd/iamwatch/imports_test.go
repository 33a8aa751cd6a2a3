package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/iamwatch/iamwatch/"

// edges is the house: what a package of the module may import of it. A
// folder stands for all below it.
var edges = map[string][]string{
	"scanner/source":      {},
	"scanner/iam":         {"scanner/source"},
	"scanner/cloudwatch":  {"scanner/source", "scanner/iam"},
	"scanner/model":       {"scanner/source", "scanner/iam"},
	"scanner/access":      {"scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model"},
	"scanner":             {"scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model", "scanner/access"},
	"scanner/scannertest": {"scanner", "scanner/source", "scanner/model"},
	"parsers/internal":    {"scanner/source"},
	// A plan is a configuration that Terraform has evaluated.
	"parsers/tfplan":    {"parsers/terraform", "scanner", "scanner/source", "scanner/model"},
	"parsers/terraform": {"parsers/internal", "scanner", "scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model"},
	"parsers":           {"parsers/internal", "scanner", "scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model"},
	"rules":             {"scanner", "scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model", "scanner/access"},
	"reports":           {"scanner", "scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model", "scanner/access"},
	"cmd":               {"scanner", "scanner/source", "scanner/iam", "scanner/cloudwatch", "scanner/model", "scanner/access", "parsers", "parsers/terraform", "parsers/tfplan", "rules", "reports"},
}

// outside is what scanner and below may import of other modules.
var outside = map[string][]string{
	"scanner/source": {"github.com/go-json-experiment/json/jsontext"},
	"scanner":        {"golang.org/x/sync/errgroup"},
	// The test support compares results.
	"scanner/scannertest": {"github.com/google/go-cmp/cmp"},
}

type listedPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestImportsPointInward(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, modulePath)
		room := roomOf(name)
		if room == "" {
			t.Errorf("%s stands in no room of the house", name)
			continue
		}
		for _, imp := range p.Imports {
			checkImport(t, name, room, imp)
		}
	}
}

func checkImport(t *testing.T, name, room, imp string) {
	if inner, ok := strings.CutPrefix(imp, modulePath); ok {
		to := roomOf(inner)
		sameTree := strings.HasPrefix(inner, branch(name)+"/") || inner == branch(name)
		if !slices.Contains(edges[room], to) && !(to == room && sameTree) {
			t.Errorf("%s imports %s, an edge that the table does not hold", name, inner)
		}
		return
	}
	if strings.HasPrefix(room, "scanner") && strings.Contains(strings.Split(imp, "/")[0], ".") && !slices.Contains(outside[room], imp) {
		t.Errorf("%s imports %s; scanner and below keep to the standard library", name, imp)
	}
}

// roomOf is the room of the table that a package stands in: the longest
// entry that is the package or a folder above it.
func roomOf(name string) string {
	for {
		if _, ok := edges[name]; ok {
			return name
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return ""
		}
		name = name[:i]
	}
}

// branch is the part of a tree whose packages may use each other: one parser,
// one room of scanner; all reports share theirs.
func branch(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if parts[0] == "reports" || len(parts) < 2 {
		return parts[0]
	}
	return parts[0] + "/" + parts[1]
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", modulePath+"...").Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var list []listedPackage
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listedPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatalf("read package list: %v", err)
		}
		list = append(list, p)
	}
}
