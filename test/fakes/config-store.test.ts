import { describeConfigStore } from '../store/config-store-contract.js';
import { FakeConfigStore } from './config-store.js';

const store = new FakeConfigStore();
describeConfigStore(() => store);
