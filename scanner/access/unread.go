package access

import (
	"fmt"

	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/model"
)

// elsewhere is the doubt that an identity casts on what it holds when the scan
// does not declare it: what else is attached to it is not known.
func elsewhere(id *model.Identity) []Doubt {
	if !id.Elsewhere {
		return nil
	}
	clause := fmt.Sprintf("which %s it is could not be resolved", id.Kind)
	if id.Name.Known {
		clause = fmt.Sprintf("%s %q is declared elsewhere", id.Kind, id.Name.Value)
	}
	return []Doubt{{Range: id.Range, Clause: clause + ": its boundary and other policies were not seen"}}
}

// unreadBeside is the doubt that a statement beside another casts on it when
// it could not be read: it may deny.
func unreadBeside(d *iam.Document, st *iam.Statement) []Doubt {
	gap := d.Unread()
	if gap == nil || gap == st {
		return nil
	}
	return []Doubt{{Range: gap.Range, Clause: "a statement beside it could not be read and may deny it"}}
}

// unseen reports whether a document or a part of it could not be read.
func unseen(d *iam.Document) bool { return d == nil || d.Unknown || d.Unread() != nil }
