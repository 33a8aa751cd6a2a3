package scanner

import (
	"context"
	"io/fs"

	"github.com/iamwatch/iamwatch/scanner/model"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A Parser turns the files of one input kind into units of the model. The
// scanner asks its parsers in order; the first that matches a file has it.
// All methods may be called from several goroutines.
type Parser interface {
	// Name is the input's name, as in model.Input.
	Name() string
	// Match reports whether a file is of this kind, by content and not by
	// name alone. It must be quick: it sees every file of a scan.
	Match(file *source.Source) bool
	// Plan groups the files that matched into jobs, which run
	// concurrently. The order of jobs is the order of results.
	Plan(env *Env, files []*source.Source) []Job
}

// A Job reads one or more units. It returns what it understood plus
// diagnostics, and checks ctx between files.
type Job func(ctx context.Context) Parsed

// Parsed is what a job read.
type Parsed struct {
	Units       []*model.Unit
	Diagnostics []source.Diagnostic
	// Parameters are the names of the parameters that the input declares:
	// those of Env.Parameters and Env.ParameterFiles that it could take.
	Parameters []string
	// Suppressions are those that the input says of its own things.
	Suppressions []*Suppression
}

// Env is what parsers may know beside their files.
type Env struct {
	// FS is rooted at the repository root and cannot be left: a path or
	// symbolic link that leads out of it fails.
	FS fs.FS
	// Account is the account that the code is for; empty when unknown.
	Account string
	// Region is the region that the code is for; empty when unknown.
	Region string
	// Variables and VarFiles are Terraform's, Parameters CloudFormation's.
	Variables  map[string]string
	VarFiles   []string
	Parameters map[string]string
	// ParameterFiles are values of CloudFormation's parameters that files
	// give, with their places there; Parameters come before them.
	ParameterFiles map[string]source.String
	// Environ holds TF_VAR_ variables and TF_WORKSPACE when the user asked
	// for them.
	Environ map[string]string
	// Source is the directory of the configuration that plans and states were
	// made of; empty when the user named none.
	Source string
	// Jobs bounds how many goroutines a parser may use by itself.
	Jobs int
}
