package cloudformation

import "strings"

// A partition is a group of regions, which a prefix of their names tells, with
// the domain of its services ("Amazon Resource Names (ARNs)", "Pseudo
// parameters reference": AWS::URLSuffix).
type partition struct{ prefix, name, suffix string }

// otherPartitions are those beside the commercial one.
func otherPartitions() []partition {
	return []partition{
		{"cn-", "aws-cn", "amazonaws.com.cn"},
		{"us-gov-", "aws-us-gov", "amazonaws.com"},
		{"us-iso-", "aws-iso", "c2s.ic.gov"},
		{"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
		{"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
		{"us-isof-", "aws-iso-f", "csp.hci.ic.gov"},
		{"eusc-", "aws-eusc", "amazonaws.eu"},
	}
}

// inPartition is the partition of a region, the commercial one for a region
// that is not known.
func inPartition(region string) partition {
	for _, p := range otherPartitions() {
		if strings.HasPrefix(region, p.prefix) {
			return p
		}
	}
	return partition{"", "aws", "amazonaws.com"}
}

func partitionOf(region string) string { return inPartition(region).name }

func suffixOf(region string) string { return inPartition(region).suffix }
