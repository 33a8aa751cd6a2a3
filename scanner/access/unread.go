package access

import "github.com/iamwatch/iamwatch/scanner/iam"

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
