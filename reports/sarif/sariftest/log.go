package sariftest

// The part of a SARIF log that the checks read.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver driver `json:"driver"`
		} `json:"tool"`
		AutomationDetails  struct{ ID string }         `json:"automationDetails"`
		ColumnKind         string                      `json:"columnKind"`
		OriginalURIBaseIDs map[string]artifactLocation `json:"originalUriBaseIds"`
		Invocations        []invocation                `json:"invocations"`
		Results            *[]result                   `json:"results"`
		Artifacts          *[]struct{}                 `json:"artifacts"`
	}
	driver struct {
		Name, Version, SemanticVersion, InformationURI string
		Rules                                          *[]rule
	}
	rule struct {
		ID, Name                          string
		ShortDescription, FullDescription text
		Help                              text
		HelpURI                           string
		DefaultConfiguration              struct{ Level string }
		Properties                        struct {
			Tags             []string
			Precision        string
			Problem          string `json:"problem.severity"`
			SecuritySeverity any    `json:"security-severity"`
		}
	}
	text       struct{ Text, Markdown string }
	invocation struct {
		ExecutionSuccessful        *bool
		ToolExecutionNotifications []struct {
			Level   string
			Message text
		}
	}
	result struct {
		RuleID           string
		RuleIndex        *int
		Kind, Level      string
		Message          text
		Locations        []location
		RelatedLocations []location
		CodeFlows        []struct {
			ThreadFlows []struct{ Locations []struct{ Location location } }
		}
		Fingerprints        map[string]string
		PartialFingerprints map[string]string
	}
	location struct {
		ID               *int
		Message          *text
		PhysicalLocation *struct {
			ArtifactLocation      artifactLocation
			Region, ContextRegion *region
		}
	}
	artifactLocation struct {
		URI, URIBaseID string
		Description    *text
	}
	region struct {
		StartLine, StartColumn, EndLine, EndColumn int
		Snippet                                    *text
	}
)

// encloses reports whether r holds all of o.
func (r region) encloses(o region) bool {
	return !before(o.StartLine, o.StartColumn, r.StartLine, r.StartColumn) && !before(r.EndLine, r.EndColumn, o.EndLine, o.EndColumn)
}

func before(line, column, otherLine, otherColumn int) bool {
	return line < otherLine || line == otherLine && column < otherColumn
}
