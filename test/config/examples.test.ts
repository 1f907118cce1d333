import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadPaths } from '../../src/config/load.js';
import { defaultOf } from '../../src/config/kinds/index.js';
import type { ConfigDocument } from '../../src/config/model.js';
import { makePlan, type PlanInput } from '../../src/config/plan.js';
import { readDocuments } from '../../src/config/read.js';
import { showIssue } from '../../src/config/show-issue.js';
import { validate } from '../../src/config/validate.js';
import { inputOf, mainOf, planOf } from './planning.js';

/** Also those that are added later. */
const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function read(example: string) {
  const loaded = loadPaths([path.posix.join('examples', example, '...')], process.cwd());
  const result = readDocuments(loaded.files, loaded.attachments);
  const issues = [...loaded.issues, ...result.issues, ...validate(result, [], { server: true })];
  return { result, issues: issues.map(showIssue) };
}

const documentsOf = (example: string): ConfigDocument[] =>
  read(example).result.documents.map(({ document }) => document);

describe.each(examples)('example %s', (example) => {
  test('has no mistake', () => {
    expect(read(example).issues).toEqual([]);
  });

  test('has a plan for each of its services', () => {
    const documents = documentsOf(example);
    const services = documents.flatMap((document) => (document.kind === 'service' ? [document] : []));
    expect(services).not.toEqual([]);
    for (const { application, name, parameters } of services) {
      const all = Object.fromEntries(
        parameters.flatMap((each) => (defaultOf(each) === undefined ? [[each.name, '1']] : [])),
      );
      const input = inputOf(documents, { values: { all, byChannel: {} } }, `${application}/${name}`);
      expect(makePlan(input)).toMatchObject({ plan: { warnings: [] } });
    }
  });
});

test('no two examples have a document in common, so that one that is applied leaves the others alone', () => {
  const keys = examples.flatMap((example) => documentsOf(example).map(({ kind, name }) => `${kind}/${name}`));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

/** The channels of a plan, with what runs in each. */
function planned(example: string, service: string, more: Partial<PlanInput> = {}) {
  const documents = documentsOf(example);
  const plan = planOf(inputOf(documents, more, service));
  return plan.channels.map(({ name, gates, runtime, cluster, namespace, parameters }) => {
    const { image, args } = mainOf(plan, name);
    return {
      name,
      gates,
      runtime,
      cluster,
      namespace: namespace.name,
      managed: namespace.managed,
      parameters,
      image,
      args,
    };
  });
}

const gates = [
  { kind: 'stable', channel: 'staging' },
  { kind: 'approval', name: 'approval' },
];
const image = (name: string): string => `registry.example.com/${name}-repository:my-tag`;

test('the basic example runs its command in both channels', () => {
  const common = { cluster: 'extended-kubernetes-runtime', managed: true, image: image('extended') };
  const parameters = [{ name: 'changeId', value: 'my-change-id-for-this-service' }];
  const argument = '--my-change-id=my-change-id-for-this-service';
  expect(planned('runtime-extension', 'extended-app/extended-service')).toEqual([
    {
      ...common,
      name: 'staging',
      gates: [],
      runtime: 'extended-custom-runtime',
      namespace: 'pvn-proxy-runtime-extended-custom-runtime',
      parameters,
      args: ['apply-changes', argument],
    },
    {
      ...common,
      name: 'production',
      gates,
      runtime: 'extended-other-custom-runtime',
      namespace: 'pvn-proxy-runtime-extended-other-custom-runtime',
      parameters,
      args: ['apply-changes', '--carefully', argument],
    },
  ]);
});

test('a parameter of the service is passed through', () => {
  const args = (values: PlanInput['values']): unknown[] =>
    planned('passed-through-parameters', 'passed-app/passed-service', { values }).map((channel) => channel.args);
  const run = (id: string): string[] => ['apply-changes', `--my-change-id=${id}`];
  expect(args({ all: {}, byChannel: {} })).toEqual([run('my-default-change-id'), run('my-default-change-id')]);
  expect(args({ all: { changeId: 'c1' }, byChannel: { production: { changeId: 'c2' } } })).toEqual([
    run('c1'),
    run('c2'),
  ]);
});

test('an existing namespace is used, and not owned', () => {
  expect(planned('existing-namespace', 'namespaced-app/namespaced-service')).toMatchObject([
    { namespace: 'my-existing-namespace', managed: false },
  ]);
});

test('the connection decides which of several extensions runs', () => {
  const runtimes = (service: string): string[] =>
    planned('multiple-runtime-extensions', `several-app/${service}`).map(({ runtime }) => runtime);
  expect(runtimes('several-service')).toEqual(['several-vm-runtime', 'several-prod-vm-runtime']);
  expect(runtimes('several-site')).toEqual(['several-static-assets-runtime', 'several-prod-static-assets-runtime']);
});

test('a Job manifest is rendered', () => {
  expect(planned('kubernetes-config', 'manifest-app/manifest-service')).toMatchObject([
    {
      namespace: 'pvn-proxy-runtime-manifest-custom-runtime',
      image: image('manifest'),
      args: ['apply-changes', '--from=/changes', '--channel=$(PVN_RELEASE_CHANNEL)'],
    },
  ]);
});
