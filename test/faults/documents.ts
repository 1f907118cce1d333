import { linkedExtension } from '../e2e/extension.js';
import type { Ask } from './ask.js';
import { script, type Shared } from './program.js';
import { roles } from './roles.js';

export const image = 'registry.example/tools:1';

const application = (name: string, channels: string): string => `application:
  name: ${name}
  releaseChannels:
${channels}---
`;
const runtimes = 'runtimes: [{runtime: vm, type: EXTENSION}]';

const applications = [
  application('plain', `    - {name: production, ${runtimes}}\n`),
  application('gated', `    - {name: production, ${runtimes}, preconditions: [{manualApproval: {}}]}\n`),
  application('repeatable', `    - {name: production, runtimes: [{runtime: again, type: EXTENSION}]}\n`),
  application(
    'staged',
    `    - {name: staging, ${runtimes}}
    - name: production
      ${runtimes}
      preconditions: [{releaseChannelStable: {releaseChannel: staging}}, {manualApproval: {}}]
`,
  ),
];

/** Stores everything that schedules release. */
export async function applyDocuments(stack: Shared & { ask: Ask }, kubeconfig: string): Promise<void> {
  const all = [...roles, { application: 'plain', service: 'called', program: 'called' } as const];
  const services = new Map(all.map((role) => [`${role.application}/${role.service}`, role]));
  const texts = [...services.values()].map(
    ({ application: of, service, program }) => `service:
  name: ${service}
  application: ${of}
  runtimeExtension:
    parameterValues:
      - {name: script, string: ${JSON.stringify(script(stack, program))}}
`,
  );
  const shared = linkedExtension({ cluster: 'ops', name: 'vm', kubeconfig, image });
  const [, extension = ''] = linkedExtension({ cluster: 'ops', name: 'again', kubeconfig, image }).split('---\n');
  const again = extension.replace('    apply:\n', '    apply:\n      idempotent: true\n');
  const text = `${shared}${again}---\n${applications.join('')}${texts.join('---\n')}`;
  await stack.ask('/api/v1/configs/apply', { files: [{ path: 'all.pvn.yaml', text }], attachments: [] });
}
