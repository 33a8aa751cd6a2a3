package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/iamwatch/iamwatch/parsers/cloudformation"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// maxParametersFile bounds what is read of one file of parameters.
const maxParametersFile = 1 << 20

var errParametersSize = errors.New("the file is larger than the limit")

// parameterFiles are the values that files give parameters; a later file
// wins. A file outside of the tree is read too, since the user names it; its
// values then have no place that a report could show.
func parameterFiles(t *tree, names []string) (map[string]source.String, error) {
	out := map[string]source.String{}
	for _, name := range names {
		file, inside, err := parametersFile(t, name)
		if err != nil {
			return nil, fmt.Errorf("read parameters: %w", err)
		}
		values, err := cloudformation.ReadParameters(file)
		if err != nil {
			return nil, fmt.Errorf("read parameters: %w", err)
		}
		for key, value := range values {
			if !inside {
				value.Range, value.Origin = source.Range{}, source.Range{}
			}
			out[key] = value
		}
	}
	return out, nil
}

// parametersFile reads a file under its path below the tree's root, and under
// the given name when it does not lie inside.
func parametersFile(t *tree, name string) (file *source.Source, inside bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxParametersFile+1))
	if err != nil {
		return nil, false, err
	}
	if len(data) > maxParametersFile {
		return nil, false, fmt.Errorf("%s: %w", name, errParametersSize)
	}
	if below, err := t.below("parameters", name); err == nil {
		return source.New(below[0], data), true, nil
	}
	return source.New(name, data), false, nil
}

// tellUndeclared says that given parameters had no effect.
func tellUndeclared(w io.Writer, names []string) {
	for _, name := range names {
		fmt.Fprintf(w, "warning: no template declares the parameter %s\n", name)
	}
}
