import { describeGateway } from './gateway-contract.js';
import { realCluster } from './real-cluster.js';

describeGateway(realCluster);
