import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { linkedExtension } from '../e2e/extension.js';
import { image, type Stack } from './stack.js';

/** Services of `plain` run at once, those of `gated` wait for an approval. */
export type Application = 'plain' | 'gated';

const ledgerOf = ({ folder }: Stack, service: string): string => path.join(folder, service);

/** What the programs of a service wrote: a line at the beginning of each run, and one at its end. */
export function ledger(stack: Stack, service: string): string[] {
  const file = ledgerOf(stack, service);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** Lets the program of a run end, also before it has begun. */
export const letEnd = (stack: Stack, service: string, run = 1): void =>
  writeFileSync(`${ledgerOf(stack, service)}.end${run}`, '');

/** Tells of its beginning, waits until it may end, and tells of its end; when it is ended by force it says so in its log. */
const script = (file: string): string =>
  [
    // The shell's own words about a child that was ended.
    'exec 2>/dev/null',
    'trap "echo ended; exit 143" TERM',
    'echo begun',
    `echo "run $TOWPATH_RUN of $TOWPATH_RELEASE_ID begins" >> ${file}`,
    `until [ -f ${file}.end$TOWPATH_RUN ]; do sleep 0.1; done`,
    'echo done',
    `echo "run $TOWPATH_RUN of $TOWPATH_RELEASE_ID ends" >> ${file}`,
  ].join('; ');

const shared = (
  kubeconfig: string,
): string => `${linkedExtension({ cluster: 'ops', name: 'vm', kubeconfig, image })}application:
  name: plain
  releaseChannels:
    - name: production
      runtimes: [{runtime: vm, type: EXTENSION}]
---
application:
  name: gated
  releaseChannels:
    - name: production
      runtimes: [{runtime: vm, type: EXTENSION}]
      preconditions: [{manualApproval: {}}]
`;

const serviceText = (service: string, application: Application, file: string): string => `---
service:
  name: ${service}
  application: ${application}
  runtimeExtension:
    parameterValues:
      - {name: script, string: ${JSON.stringify(script(file))}}
`;

/** Stores everything that the cells release. */
export async function applyDocuments(
  stack: Stack,
  services: { service: string; application: Application }[],
): Promise<void> {
  const file = path.join(stack.folder, 'all.pvn.yaml');
  const texts = services.map(({ service, application }) => serviceText(service, application, ledgerOf(stack, service)));
  writeFileSync(file, [shared(stack.kubeconfig), ...texts].join(''));
  await stack.apply(file);
}
