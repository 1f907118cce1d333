import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { image, openInstallation, type Installation } from './installation.js';

const canary = `canary-${randomBytes(12).toString('hex')}`;
const hash = createHash('sha256').update(canary).digest('hex');
const id = 'guarded/web/1';

let here: Installation;
let namespace: string;
beforeAll(async () => {
  here = await openInstallation('guarded');
  namespace = `vault-${randomBytes(4).toString('hex')}`;
  await here.core.createNamespace({ body: { metadata: { name: namespace } } });
  const body = { metadata: { name: 'vault' }, stringData: { token: canary } };
  await here.core.createNamespacedSecret({ namespace, body });
}, 240_000);
afterAll(async () => {
  await here?.core.deleteNamespace({ name: namespace });
  await here?.close();
});

/** The program proves that it has the secret in each of three ways, and then gives it away in each way that is noticed. */
const digestOf = (from: string): string => `printf %s "${from}" | sha256sum | cut -d" " -f1`;
const script = [
  ...['$PLAIN', '$PASSED', '$(cat /vault/token)'].map(digestOf),
  'echo "a variable: $PLAIN"',
  'echo "a file: $(cat /vault/token)"',
  'echo "base64: $(printf %s "$PLAIN" | base64)"',
  `printf '{"message":"with %s","outputs":[{"name":"token","text":"%s"}]}' "$PLAIN" "$PASSED" > "$TOWPATH_RESULT_PATH"`,
].join('\n');

/** `$(…)` is the shell's here: Kubernetes would read it as a variable, and takes `$$` for `$`. */
const documents = (): string => `runtime:
  name: guarded-ops
  kubernetes: {kubeconfig: ${process.env['TEST_KUBECONFIG']}}
---
runtime:
  name: guarded-vm
  extension:
    proxyRuntime:
      runtime: guarded-ops
      containerOrchestration: {k8s: {namespace: ${namespace}}}
    apply:
      taskConfig:
        volumes:
          - {name: vault, source: {secret: {secretName: vault}}, mount: {mountPath: /vault, readOnly: true}}
        program:
          image: ${image}
          entrypoint: [sh, -c]
          cmd: [${JSON.stringify(script.replaceAll('$(', '$$('))}]
          env:
            PLAIN: {kubernetesSecret: {secretName: vault, key: token}}
            PASSED: {value: "{{.Params.token}}"}
    parameters:
      - {name: token, required: true, secret: {}}
---
application:
  name: guarded
  releaseChannels:
    - {name: staging, runtimes: [{runtime: guarded-vm}]}
---
service:
  name: web
  application: guarded
  runtimeExtension:
    parameterValues: [{name: token, string: "{{.Params.token}}"}]
  parameters: [{name: token, required: true, secret: {}}]
`;

/** Everything that the commands print, as text and as JSON. */
async function printed(): Promise<string> {
  const file = path.join(here.folder, 'guarded.pvn.yaml');
  writeFileSync(file, documents());
  const start = ['web', '--param', 'token=kubernetesSecret:vault/token'];
  const commands = [
    ['configs', 'validate', file],
    ['configs', 'apply', file, '--yes'],
    ['releases', 'plan', ...start],
    ['releases', 'start', ...start, '--wait'],
    ...['get', 'why', 'watch', 'logs'].map((verb) => ['releases', verb, id]),
    ['releases', 'result', id, 'staging'],
    ['services', 'get', 'guarded/web'],
    ['configs', 'get', 'runtime/guarded-vm'],
    ['status'],
  ];
  let all = '';
  for (const command of commands)
    for (const format of [[], ['--format', 'json']]) {
      const { stdout, stderr, code } = await here.towpath(...command, ...format);
      all += `$ ${command.join(' ')}\n${stdout}\n${stderr}\n`;
      if (code !== 0) throw new Error(all);
    }
  return all;
}

/** With everything that is written as base64 or hexadecimal read as well. */
const unpacked = (text: string): string =>
  [
    text,
    ...(text.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? []).map((each) => Buffer.from(each, 'base64').toString('latin1')),
    ...(text.match(/(?:[0-9a-f]{2}){16,}/g) ?? []).map((each) => Buffer.from(each, 'hex').toString('latin1')),
  ].join('\n');

/** Every row of every table. */
async function database(): Promise<string> {
  const tables = await here.sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  const rows = await Promise.all(
    tables.map(({ tablename }) => here.sql(`SELECT to_jsonb(t)::text AS row FROM "${String(tablename)}" t`)),
  );
  return rows
    .flat()
    .map(({ row }) => String(row))
    .join('\n');
}

/** The histories of all workflows of the installation. */
async function histories(): Promise<string> {
  const list = await here.temporal('workflow', 'list', '--output', 'json', '--limit', '200');
  const found = JSON.parse(list.stdout) as { execution: { workflowId: string; runId: string } }[];
  let all = '';
  for (const { execution } of found) {
    const of = ['--workflow-id', execution.workflowId, '--run-id', execution.runId];
    all += (await here.temporal('workflow', 'show', ...of, '--output', 'json')).stdout;
  }
  return all;
}

/** What the parts write: logs and state. */
const written = (): string =>
  readdirSync(here.home, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(here.home, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');

test('a Secret that a Job uses cannot be found outside of the Job, also when its program prints it', async () => {
  const places: Record<string, string> = {
    printed: await printed(),
    database: await database(),
    histories: await histories(),
    written: written(),
  };
  const log = (await here.towpath('releases', 'logs', id)).stdout;
  expect(log.match(/\b[0-9a-f]{64}\b/g)).toEqual([hash, hash, hash]);
  expect(log.split('\n').slice(3)).toEqual([
    'a variable: [redacted]',
    'a file: [redacted]',
    'base64: [redacted]==',
    '',
  ]);
  expect(JSON.parse((await here.towpath('releases', 'result', id, 'staging')).stdout)).toEqual({
    message: 'with [redacted]',
    outputs: [{ name: 'token', text: '[redacted]' }],
  });
  // What is searched is there: the reference to the Secret is in each of them.
  for (const place of ['printed', 'database', 'histories'])
    expect(unpacked(places[place] ?? '')).toContain('secretKeyRef');
  expect(places['written']).toContain('worker');
  const leaks = Object.entries(places).filter(([, text]) => unpacked(text).includes(canary));
  expect(leaks.map(([place]) => place)).toEqual([]);
}, 240_000);
