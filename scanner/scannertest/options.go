package scannertest

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/iamwatch/iamwatch/scanner"
)

// optionsFile holds what the user of a case says beside its inputs, one a
// line, such as "trusted-account 111122223333".
const optionsFile = "options"

var errOption = errors.New("unknown option")

// readOptions reads a case's options; without a file there are none.
func readOptions(fsys fs.FS) (scanner.Options, error) {
	var o scanner.Options
	data, err := fs.ReadFile(fsys, optionsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return o, fmt.Errorf("read file: %w", err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := setOption(&o, line); err != nil {
			return o, err
		}
	}
	return o, nil
}

func setOption(o *scanner.Options, line string) error {
	name, value, _ := strings.Cut(line, " ")
	lists := map[string]*[]string{
		"account": &o.Accounts, "trusted-account": &o.TrustedAccounts, "trusted-organization": &o.TrustedOrganizations,
		"admin-principal": &o.AdminPrincipals, "reader-principal": &o.ReaderPrincipals,
	}
	if list := lists[name]; list != nil {
		*list = append(*list, value)
		return nil
	}
	if name != "root-use-window" {
		return fmt.Errorf("set option %q: %w", name, errOption)
	}
	days, err := strconv.Atoi(value)
	if err != nil {
		return fmt.Errorf("set option %q: %w", name, err)
	}
	o.RootUseWindow = days
	return nil
}
