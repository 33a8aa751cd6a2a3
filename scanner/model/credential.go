package model

import (
	"github.com/iamwatch/iamwatch/scanner/iam"
	"github.com/iamwatch/iamwatch/scanner/source"
)

// A ServiceCredential is a service-specific credential of a user: a bearer
// key or password for one service ("ServiceSpecificCredential" in the IAM API
// Reference). The secret is never kept.
type ServiceCredential struct {
	Entity
	Unit     *Unit
	UserName Ref
	// ServiceName is such as logs.amazonaws.com or codecommit.amazonaws.com.
	ServiceName source.String
	// Status is Active or Inactive; zero when not written, which is Active.
	Status source.String
	// CredentialAgeDays is after how many days it expires; zero for never.
	CredentialAgeDays source.String
	// CreateDate and ExpirationDate are RFC 3339 times, which only an export
	// holds.
	CreateDate, ExpirationDate source.String
	To                         *Identity // linked
}

// A KeyPlace says where code holds a static key.
type KeyPlace uint8

// The places of keys (rules IW404 and IW405).
const (
	// UserDataKey is in the user data of an instance or template, which
	// ec2:DescribeInstanceAttribute and the metadata service show.
	UserDataKey KeyPlace = iota
	// FunctionKey is in the environment of a Lambda function.
	FunctionKey
	// CanaryKey is in the environment of a Synthetics canary.
	CanaryKey
	// ProviderKey is an argument of a Terraform provider.
	ProviderKey
	// BackendKey is an argument of a Terraform backend.
	BackendKey
	// MetadataKey is in the metadata of a CloudFormation resource, which
	// cloudformation:DescribeStackResource shows.
	MetadataKey
	// OutputKey is the value of a CloudFormation output.
	OutputKey
	// ParameterKey is the default of a CloudFormation parameter.
	ParameterKey
)

// String is the place's name in messages.
func (p KeyPlace) String() string {
	return [...]string{"user data", "function environment", "canary environment", "provider", "backend",
		"resource metadata", "stack output", "parameter default"}[p]
}

// A KeyKind says what a value looks like, as far as rules need to know.
type KeyKind uint8

// The kinds of key ("IAM identifiers": unique ID prefixes; "Manage access keys
// for IAM users").
const (
	// OtherValue is any other text, such as the "test" that test doubles take.
	OtherValue KeyKind = iota
	// LongTermKeyID is the id of an access key of a user: AKIA...
	LongTermKeyID
	// TemporaryKeyID is the id of a temporary access key: ASIA...
	TemporaryKeyID
	// SecretKey is a secret access key: 40 characters of base64.
	SecretKey
	// ExampleKey is one that AWS's documentation prints.
	ExampleKey
)

// A WrittenKey is a static key of AWS that the code holds as text. Its value
// is never kept. The text at its Range may be the key: no report shows it.
type WrittenKey struct {
	// Entity is that of the resource, provider or backend that holds the key;
	// its Range is the key or what brings it there, its Block the whole.
	Entity
	Unit  *Unit
	Place KeyPlace
	Kind  KeyKind
	// Argument is the argument or variable that holds it, such as secret_key or
	// AWS_SECRET_ACCESS_KEY; empty inside user data.
	Argument string
	// Last4 are the last four characters of a key's id; of a secret nothing is
	// kept.
	Last4 string
	// Origin is where the key is written when Range only brings it: the default
	// of a variable, a local.
	Origin source.Range
	// Double says that what holds it does not speak to AWS: a provider with its
	// own endpoints or without the check of its credentials.
	Double bool
}

// An AssumedRole is a role that the code itself is deployed with: the
// assume_role blocks of a Terraform provider or backend ("AssumeRole" and
// "AssumeRoleWithWebIdentity" in the AWS STS API Reference).
type AssumedRole struct {
	// Entity is that of the provider or backend; its Range is the role's.
	Entity
	Unit    *Unit
	RoleARN Ref
	// ExternalID is zero when none is given.
	ExternalID source.String
	// Policy is the session policy, nil for none; PolicyARNs are managed ones.
	Policy     *iam.Document
	PolicyARNs []Ref
	// WebIdentity says that a token of an OIDC provider opens it.
	WebIdentity bool
	To          *Identity // linked
}
