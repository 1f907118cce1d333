#!/usr/bin/env node
// `kubectl apply -f FILE` for a machine that has no kubectl: all that the examples ask of it.
import { readFileSync } from 'node:fs';
import { KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';

const [verb, flag, file, ...rest] = process.argv.slice(2);
if (verb !== 'apply' || flag !== '-f' || file === undefined || rest.length > 0)
  throw new Error(`only "apply -f FILE" is there, and not "${process.argv.slice(2).join(' ')}"`);
const config = new KubeConfig();
config.loadFromDefault(); // KUBECONFIG, as kubectl does
const api = KubernetesObjectApi.makeApiClient(config);
for (const object of loadAllYaml(readFileSync(file, 'utf8'))) {
  await api.create(object);
  console.log(`${object.kind}/${object.metadata.name} created`);
}
