const cdk = require('aws-cdk-lib');
const { Monitoring } = require('./lib/stacks');

class Prod extends cdk.Stage {
  constructor(scope, id, props) {
    super(scope, id, props);
    new Monitoring(this, 'Monitoring');
  }
}
const app = new cdk.App();
new Monitoring(app, 'Dev');
new Prod(app, 'Prod', { env: { account: '123456789012', region: 'eu-west-1' } });
app.synth();
