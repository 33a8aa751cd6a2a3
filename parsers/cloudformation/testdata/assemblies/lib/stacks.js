const cdk = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const logs = require('aws-cdk-lib/aws-logs');

class Readers extends cdk.NestedStack {
  constructor(scope, id) {
    super(scope, id);
    const role = new iam.Role(this, 'Vendor', { assumedBy: new iam.AccountPrincipal('999988887777') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['logs:*'], resources: ['*'] }));
  }
}

class Monitoring extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    new Readers(this, 'Readers');
    const user = new iam.User(this, 'Legacy', { userName: 'ops-legacy' });
    user.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:*'], resources: ['*'] }));
    new logs.LogRetention(this, 'Keep', { logGroupName: '/acme/app', retention: logs.RetentionDays.ONE_WEEK });
  }
}
module.exports = { Monitoring };
