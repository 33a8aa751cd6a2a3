package export

import (
	"bytes"
	"strings"

	"github.com/iamwatch/iamwatch/scanner/source"
)

// An answer is the operation of the AWS API that a file is the answer of,
// empty for none.
type answer string

// The answers that are read. Other than the credential report as a plain
// file they are named as the operation is.
const (
	authorizationDetails answer = "GetAccountAuthorizationDetails"
	reportFile           answer = "credential report"
	reportAnswer         answer = "GetCredentialReport"
	accountSummary       answer = "GetAccountSummary"
	accessKeys           answer = "ListAccessKeys"
	keyLastUsed          answer = "GetAccessKeyLastUsed"
	instanceProfiles     answer = "ListInstanceProfiles"
	instances            answer = "DescribeInstances"
	associations         answer = "DescribeIamInstanceProfileAssociations"
	logPolicies          answer = "DescribeResourcePolicies"
	logDestinations      answer = "DescribeDestinations"
	logGroups            answer = "DescribeLogGroups"
	sinks                answer = "ListSinks"
	sinkPolicy           answer = "GetSinkPolicy"
	tracePolicies        answer = "ListResourcePolicies"
	oidcProviders        answer = "ListOpenIDConnectProviders"
	oidcProvider         answer = "GetOpenIDConnectProvider"
	samlProviders        answer = "ListSAMLProviders"
	serviceCredentials   answer = "ListServiceSpecificCredentials"
	roleDetail           answer = "GetRole"
	policyVersion        answer = "GetPolicyVersion"
	userPolicy           answer = "GetUserPolicy"
	groupPolicy          answer = "GetGroupPolicy"
	rolePolicy           answer = "GetRolePolicy"
	alarms               answer = "DescribeAlarms"
)

// The answers that are known, and of which nothing is needed. GetPolicy has no
// document.
const (
	policyDetail    answer = "GetPolicy"
	accountPolicies answer = "DescribeAccountPolicies"
	generateReport  answer = "GenerateCredentialReport"
	dashboards      answer = "ListDashboards"
)

// said reports whether the answer says anything that the model holds.
func (a answer) said() bool {
	switch a {
	case policyDetail, accountPolicies, generateReport, dashboards:
		return false
	}
	return true
}

// headSize bounds, in bytes, what of a file is looked at to recognise it.
const headSize = 64 << 10

var byteOrderMark = []byte("\uFEFF")

func recognise(data []byte) answer {
	head := bytes.TrimPrefix(data[:min(len(data), headSize)], byteOrderMark)
	head = bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(head) == 0:
		return ""
	case head[0] == '{':
		return recogniseJSON(head)
	case head[0] == '<':
		return recogniseXML(head)
	case isReport(head):
		return reportFile
	}
	return ""
}

// isReport reports whether a CSV's header line is a credential report's.
func isReport(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	var found int
	for field := range strings.SplitSeq(strings.TrimRight(string(line), "\r"), ",") {
		switch strings.Trim(field, `" `) {
		case "user", "arn", "user_creation_time":
			found++
		}
	}
	return found == 3
}

// recogniseXML goes by the root element, which the query protocol names after
// the operation.
func recogniseXML(head []byte) answer {
	a, ok := strings.CutSuffix(rootElement(head), "Response")
	if !ok {
		return ""
	}
	switch a := answer(a); a {
	case authorizationDetails, reportAnswer, accountSummary, accessKeys, keyLastUsed, instanceProfiles,
		oidcProviders, oidcProvider, samlProviders, serviceCredentials, generateReport,
		roleDetail, policyVersion, policyDetail, userPolicy, groupPolicy, rolePolicy:
		return a
	}
	return ""
}

func rootElement(head []byte) string {
	for {
		i := bytes.IndexByte(head, '<')
		if i < 0 || i+1 >= len(head) {
			return ""
		}
		head = head[i+1:]
		if head[0] != '?' && head[0] != '!' {
			break
		}
	}
	end := bytes.IndexAny(head, " \t\r\n/>")
	return string(head[:max(end, 0)])
}

func recogniseJSON(head []byte) answer {
	r := source.NewJSONReader(source.New("", head).Text())
	if r.Open() != nil {
		return ""
	}
	seen := map[string]string{}
	for r.Peek() == '"' {
		name, err := r.Name()
		if err != nil {
			break
		}
		rest := head[r.Offset():]
		if a, proof := byMember(name.Value); a != "" && proves(rest, proof) {
			return a
		}
		if isWrappedReport(name.Value, rest) {
			return reportAnswer
		}
		if r.Peek() == '"' {
			v, err := r.Value()
			if err != nil {
				break
			}
			seen[name.Value] = v.Scalar.Value
			continue
		}
		seen[name.Value] = ""
		if r.Skip() != nil {
			break
		}
	}
	return byMembers(seen)
}

// byMember gives the answer that has a member of a name at its top. Where
// that name is common, the proof is a member that the object, or the first
// element of the list, must have.
func byMember(name string) (a answer, proof string) {
	switch name {
	case "UserDetailList", "GroupDetailList", "RoleDetailList":
		return authorizationDetails, ""
	case "SummaryMap":
		return accountSummary, ""
	case "AccessKeyMetadata":
		return accessKeys, ""
	case "AccessKeyLastUsed":
		return keyLastUsed, ""
	case "InstanceProfiles":
		return instanceProfiles, "InstanceProfileName"
	case "Reservations":
		return instances, "Instances"
	case "IamInstanceProfileAssociations":
		return associations, ""
	case "resourcePolicies":
		return logPolicies, "policyDocument"
	case "destinations":
		return logDestinations, "destinationName"
	case "logGroups":
		return logGroups, "logGroupName"
	case "accountPolicies":
		return accountPolicies, "policyType"
	}
	return byRareMember(name)
}

func byRareMember(name string) (a answer, proof string) {
	switch name {
	case "Items":
		return sinks, sinkARN
	case "ResourcePolicies":
		return tracePolicies, "PolicyRevisionId"
	case "OpenIDConnectProviderList":
		return oidcProviders, ""
	case "SAMLProviderList":
		return samlProviders, ""
	case "ServiceSpecificCredentials":
		return serviceCredentials, ""
	case "Role":
		return roleDetail, "AssumeRolePolicyDocument"
	case "PolicyVersion":
		return policyVersion, "Document"
	case "Policy":
		return policyDetail, "DefaultVersionId"
	case "DashboardEntries":
		return dashboards, ""
	case "MetricAlarms", "CompositeAlarms":
		return alarms, ""
	}
	return "", ""
}

// sinkARN is the proof of a list of OAM sinks: lists of links look alike but
// for the kind of resource in the ARN.
const sinkARN = ":sink/"

// proves reports whether the object that follows a member's name has the
// proof, or the list in its first element.
func proves(rest []byte, proof string) bool {
	if proof == "" {
		return true
	}
	rest = bytes.TrimLeft(rest, " \t\r\n:")
	r := source.NewJSONReader(source.New("", rest).Text())
	if r.Peek() == '[' && r.Open() != nil || r.Peek() != '{' {
		return false
	}
	first, _ := r.Value()
	if proof == sinkARN {
		return strings.Contains(first.Get("Arn").Text().Value, sinkARN)
	}
	return first.Get(proof) != nil
}

// reportBase64 is how the base64 of a credential report begins: "user,arn,".
const reportBase64 = `"dXNlcixhcm4s`

func isWrappedReport(name string, rest []byte) bool {
	return name == "Content" && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n:"), []byte(reportBase64))
}

// byMembers recognises answers that are one object, by all of its members.
func byMembers(seen map[string]string) answer {
	has := func(name string) bool { _, ok := seen[name]; return ok }
	switch {
	case has("Policy") && strings.Contains(seen["SinkArn"], sinkARN):
		return sinkPolicy
	case has("Url") && has("ClientIDList") && has("ThumbprintList"):
		return oidcProvider
	case has("Content") && has("ReportFormat"):
		return reportAnswer
	case has("PolicyName") && has("PolicyDocument"):
		return inlineOf(has)
	case has("State") && (len(seen) == 1 || len(seen) == 2 && has("Description")):
		switch seen["State"] {
		case "STARTED", "INPROGRESS", "COMPLETE":
			return generateReport
		}
	}
	return ""
}

// inlineOf tells by the owner's name whose inline policy an answer holds.
func inlineOf(has func(string) bool) answer {
	switch {
	case has("RoleName"):
		return rolePolicy
	case has("UserName"):
		return userPolicy
	case has("GroupName"):
		return groupPolicy
	}
	return ""
}
