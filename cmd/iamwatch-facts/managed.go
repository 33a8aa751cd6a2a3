package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// attempts outlasts IAM's throttling of one call for each policy.
const attempts = 8

// A policy is an AWS managed policy as read from the endpoint or from our own
// table.
type policy struct {
	ARN, Name, Version, Updated string
	Deprecated                  bool
	Document                    document
}

func (p *policy) less(q *policy) int { return cmp.Compare(p.ARN, q.ARN) }

// managedTable makes the table of AWS managed policies from an endpoint and
// from our own table of those that it lacks.
func managedTable(ctx context.Context, endpoint string, log io.Writer) ([]byte, error) {
	own, err := readOwn(ownJSON)
	if err != nil {
		return nil, err
	}
	live, err := fetchPolicies(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	date := ""
	for _, p := range live {
		date = max(date, p.Updated)
	}
	all := own.complete(live, log)
	data, kept, err := encodeManaged(all, own, date, log)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(log, "%d AWS managed policies of %s, %d kept, %d bytes\n", len(all), date, kept, len(data))
	return data, nil
}

func fetchPolicies(ctx context.Context, endpoint string) ([]policy, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(attempts))
	if err != nil {
		return nil, fmt.Errorf("load AWS configuration: %w", err)
	}
	client := iam.NewFromConfig(cfg, func(o *iam.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
	})
	var out []policy
	pages := iam.NewListPoliciesPaginator(client, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeAws, MaxItems: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list policies: %w", err)
		}
		for i := range page.Policies {
			p, err := fetchPolicy(ctx, client, &page.Policies[i])
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
	}
	return out, nil
}

func fetchPolicy(ctx context.Context, client *iam.Client, p *types.Policy) (policy, error) {
	v, err := client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: p.Arn, VersionId: p.DefaultVersionId})
	if err != nil {
		return policy{}, fmt.Errorf("get policy version of %s: %w", aws.ToString(p.Arn), err)
	}
	text := aws.ToString(v.PolicyVersion.Document)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		if text, err = url.PathUnescape(text); err != nil {
			return policy{}, fmt.Errorf("decode policy %s: %w", aws.ToString(p.Arn), err)
		}
	}
	out := policy{
		ARN: aws.ToString(p.Arn), Name: aws.ToString(p.PolicyName), Version: aws.ToString(p.DefaultVersionId),
		Updated: aws.ToTime(p.UpdateDate).Format(time.DateOnly),
	}
	if err := json.Unmarshal([]byte(text), &out.Document); err != nil {
		return policy{}, fmt.Errorf("read policy %s: %w", out.ARN, err)
	}
	return out, nil
}

// encodeManaged writes the records that package cloudwatch reads.
func encodeManaged(all []policy, own *ownTable, date string, log io.Writer) ([]byte, int, error) {
	slices.SortFunc(all, func(a, b policy) int { return a.less(&b) })
	names := map[string]bool{}
	var body bytes.Buffer
	kept := 0
	for i := range all {
		p := &all[i]
		names[p.Name] = true
		for _, a := range p.Document.unknownCore() {
			fmt.Fprintf(log, "%s names %s, which the catalogue lacks\n", p.Name, a)
		}
		granted := p.Document.coreGranted()
		if granted.any.Empty() {
			continue
		}
		text, err := json.Marshal(p.Document.slim())
		if err != nil {
			return nil, 0, fmt.Errorf("write policy %s: %w", p.Name, err)
		}
		record := []string{"pol", p.ARN, p.Name, p.Version, p.Updated, map[bool]string{true: "1"}[p.Deprecated],
			own.Successors[p.Name], strconv.Itoa(granted.left.Len()), string(text)}
		body.WriteString(strings.Join(record, "\t") + "\n")
		kept++
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "iamwatch-managed\t1\t%s\t%d\n", date, kept)
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, 0, fmt.Errorf("compress policies: %w", err)
	}
	fmt.Fprintf(w, "all\t%s\n", strings.Join(slices.Sorted(maps.Keys(names)), ","))
	_, err = w.Write(body.Bytes())
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, 0, fmt.Errorf("compress policies: %w", err)
	}
	return out.Bytes(), kept, nil
}
