import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../src/release/plan.js';
import type { BeginRunInput } from '../../src/release/steps.js';
import { RealWorld } from './real-world.js';

const world = new RealWorld();
beforeAll(() => world.begin());
afterAll(() => world.scene.end());

const token = 'hunter2-hunter2';

/** A run whose main container runs this script; `others` make the rest of its pod, in the image of the main one. */
async function run(script: string, others: (image: string) => JsonObject = () => ({}), container: JsonObject = {}) {
  const command = ['sh', '-c', script];
  const input = world.beginInput({ steps: [] }, { container: { command, ...container } });
  const spec = podSpecOf(input);
  const [main] = spec['containers'] as { image: string }[];
  const more = others(main?.image ?? '');
  const { containers = [] } = more as { containers?: Json[] };
  Object.assign(spec, more, { containers: [...containers, ...(main ? [main] : [])] });
  const namespace = input.namespace.name;
  await world.scene.gateway.ensureNamespace(input.namespace, { installation: 'installation-1', runtime: 'vm' });
  const data = { token: Buffer.from(`${token}\n`).toString('base64') };
  await world.scene.cluster.putSecret(namespace, 'deploy', { type: 'Opaque', data });
  const ref = await world.begun(input);
  const end = await world.run('awaitRun', world.awaitInput(ref)).promise;
  return { end, log: world.log(ref) };
}

function podSpecOf({ job }: BeginRunInput): JsonObject {
  const { template } = job.manifest['spec'] as { template: { spec: JsonObject } };
  return template.spec;
}

describe('on a real node, beside other containers', () => {
  const report = 'printf \'{"message":"mine"}\' > /dev/termination-log';
  const loud = (image: string, name: string, exit = 0): JsonObject => ({
    name,
    image,
    command: ['sh', '-c', `echo from ${name}; printf '{"message":"${name}"}' > /dev/termination-log; exit ${exit}`],
  });

  test('an init container has no part in log and result', async () => {
    const { end, log } = await run(`echo from main; ${report}`, (image) => ({
      initContainers: [loud(image, 'init')],
    }));
    expect([end.exitCode, end.result, log]).toEqual([0, { message: 'mine' }, 'from main\n']);
  });

  test('a container that goes on after the program has ended is waited for, and has none either', async () => {
    const { end, log } = await run(`echo from main; ${report}`, (image) => ({
      containers: [
        { name: 'proxy', image, command: ['sh', '-c', 'for n in 1 2 3 4 5; do echo proxy; sleep 0.2; done'] },
      ],
    }));
    expect([end.exitCode, end.result, log, end.warnings]).toEqual([0, { message: 'mine' }, 'from main\n', []]);
  });

  test('a container that stands first in the manifest and fails is told, and does not count', async () => {
    const { end, log } = await run(`echo from main; ${report}`, (image) => ({
      containers: [loud(image, 'proxy', 2)],
    }));
    expect([end.exitCode, end.result, log]).toEqual([0, { message: 'mine' }, 'from main\n']);
    expect(end.warnings).toEqual([
      'the program succeeded, but its Job did not: container "proxy" ended with exit code 2',
    ]);
  });

  test('values of Secrets are left out, of the environment, of a file and of the result', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'deploy', key: 'token' } } }];
    const script = `echo "env $TOKEN"; printf '{"message":"%s"}' "$(echo $TOKEN)" > /dev/termination-log; printf 'hunter2-'; sleep 0.3; echo hunter2`;
    const { end, log } = await run(script, () => ({}), { env });
    expect(log.replaceAll('\n', ' ')).toBe('env [redacted]  [redacted] ');
    expect(end.result).toEqual({ message: '[redacted]' });
    expect(end.warnings).toEqual([]);
  });
});
