// The API server's own record of who asked for what.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** Arguments that make the cluster keep an audit log in a folder, and a reader of it. */
export function auditLog(folder) {
  const policyFile = path.join(folder, 'audit-policy.json');
  const logFile = path.join(folder, 'audit.log');
  writeFileSync(policyFile, JSON.stringify(policy));
  writeFileSync(logFile, '');
  const flags = [`--audit-policy-file=${policyFile}`, `--audit-log-path=${logFile}`, '--audit-log-mode=blocking'];
  const text = () => readFileSync(logFile, 'utf8');
  return {
    args: flags.flatMap((flag) => ['--apiserver-arg', flag]),
    length: () => text().length,
    /** Requests that were answered after `from`. */
    events: (from) =>
      text()
        .slice(from)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  };
}

/** Worker and server use Node's client; everything else in the cluster is written in Go and says so. */
export const isOurs = ({ userAgent = '' }) => !/^(embedded-cluster|kube-|Go-http-client|kwok)/.test(userAgent);

export const isWrite = ({ verb }) => ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb);
