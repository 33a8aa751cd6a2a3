package rules

import (
	"fmt"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/model"
)

// profileFix makes an instance profile for a role, in the language of the unit
// that the role stands in.
func profileFix(u *model.Unit, role *model.Identity) string {
	switch u.Input {
	case model.CloudFormation:
		return fmt.Sprintf("%[1]sProfile:\n  Type: AWS::IAM::InstanceProfile\n  Properties:\n    Roles: [!Ref %[1]s]", ownID(role.Address))
	case model.Export:
		name := shellWord(role.Name.Show())
		return fmt.Sprintf("aws iam create-instance-profile --instance-profile-name %[1]s\n"+
			"aws iam add-role-to-instance-profile --instance-profile-name %[1]s --role-name %[1]s", name)
	}
	// In its own module a role is known without the module's path.
	address := role.Address
	if i := strings.LastIndex(address, "aws_iam_role."); i > 0 {
		address = address[i:]
	}
	label, ok := strings.CutPrefix(address, "aws_iam_role.")
	if !ok {
		return fmt.Sprintf("resource \"aws_iam_instance_profile\" \"app\" {\n  role = %s\n}", model.Quoted(role.Name.Show()))
	}
	label, _, _ = strings.Cut(label, "[")
	return fmt.Sprintf("resource \"aws_iam_instance_profile\" \"%s\" {\n  role = %s.name\n}", label, address)
}

// machineFix names a profile on an instance.
func machineFix(u *model.Unit, i *model.Instance) string {
	switch u.Input {
	case model.CloudFormation:
		return "IamInstanceProfile: !Ref AppProfile"
	case model.Export:
		return "aws ec2 associate-iam-instance-profile --instance-id " + shellWord(i.Name.Show()) + " --iam-instance-profile Name=app"
	}
	return "iam_instance_profile = aws_iam_instance_profile.app.name"
}

// metadataFix makes an instance demand IMDSv2.
func metadataFix(u *model.Unit, i *model.Instance) string {
	switch u.Input {
	case model.CloudFormation:
		return "MetadataOptions:\n  HttpTokens: required"
	case model.Export:
		return "aws ec2 modify-instance-metadata-options --instance-id " + shellWord(i.Name.Show()) + " --http-tokens required"
	}
	return `metadata_options { http_tokens = "required" }`
}

// shellWord is a word for a POSIX shell: quoted unless it is a plain name.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_+=,.@-", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// ownID is the logical id that a resource has in its own template: those of the
// stacks that nest it stand before it.
func ownID(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }
