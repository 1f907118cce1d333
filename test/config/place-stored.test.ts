import { expect, test } from '@jest/globals';
import { placeStored } from '../../src/config/place-stored.js';
import { makePlan, type PlanInput, type PlanIssue } from '../../src/config/plan.js';
import { readDocuments } from '../../src/config/read.js';
import { showIssue } from '../../src/config/show-issue.js';
import { inputOf, setUp } from './planning.js';

const manifest = `
apiVersion: batch/v1
kind: Job
spec:
  completions: 1
  template:
    spec:
      containers:
        - name: main
          image: a:1
          args: ["{{.Params.id}}"]
`;

/** What is shown of a start that cannot be planned, when only texts are stored. */
function shown(text: string, { known = true, ...more }: { known?: boolean } & Partial<PlanInput> = {}): string[] {
  const attachments = [{ path: 'job.yaml', text: manifest }];
  const { documents } = readDocuments([{ path: 'a.pvn.yaml', text }], attachments);
  const planned = makePlan(
    inputOf(
      documents.map(({ document }) => document),
      more,
    ),
  );
  const texts = documents.map((each): [string, string] => [`${each.name.kind}/${each.key}`, each.text]);
  const issues: PlanIssue[] = 'issues' in planned ? planned.issues : [];
  return placeStored(issues, new Map(known ? texts : [])).map(showIssue);
}

const missing = setUp({ service: 'parameters:\n    - {name: id, required: true, string: {}}' });
const hint = 'give one with --param id=…';

test('a mistake stands in the text of its document, under its name', () => {
  expect(shown(missing)).toEqual([
    `service/app/s:6:14: error PARAMETER_MISSING: parameter "id" has no value
      - {name: id, required: true, string: {}}
               ^ ${hint}`,
  ]);
});

test('however its fields are spelled there', () => {
  const text = setUp({ service: 'per_release_channel: [{release_channel: staging, runtime_connection: x}]' });
  expect(shown(text)[0]).toMatch(/^service\/app\/s:5:\d+: error CONNECTION_MISMATCH: .*\n.*runtime_connection: x/);
});

test('a mistake in a manifest stands where the document names it', () => {
  const apply = 'kubernetesConfig: {type: KUBERNETES, local: {path: job.yaml}}';
  const [first, ...others] = shown(setUp({ apply, parameters: '[{name: id, required: false, string: {}}]' }));
  expect(others).toEqual([]);
  expect(first).toMatch(
    /^runtime\/vm:5:\d+: error TEMPLATE_EXEC: spec\.template\.spec\.containers\[0\]\.args\[0\]: \.Params\.id has no value\n/,
  );
  expect(first).toMatch(/\n {2}.*path: job\.yaml.*\n +\^ /);
});

test('a mistake in a document that is not stored names it', () => {
  expect(shown(missing, { known: false })).toEqual([
    `error PARAMETER_MISSING: service/app/s: parameter "id" has no value\n  ${hint}`,
  ]);
});

const twoChannels = '[{name: staging, runtimes: [{runtime: vm}]}, {name: production, runtimes: [{runtime: vm}]}]';

test.each([
  [
    'for all channels',
    { all: { n: 'x' }, byChannel: {} },
    [/^error PARAMETER_INVALID: --param n=x: parameter "n": .*"x" is not a whole number/],
  ],
  [
    'for one channel',
    { all: { n: '3' }, byChannel: { production: { n: 'a b' } } },
    [
      /^error PARAMETER_INVALID: --param-by-release-channel "production=n=a b": parameter "n": .*\(channel "production"\)$/,
    ],
  ],
  [
    'of a name that is not defined',
    { all: { n: '3', m: '1' }, byChannel: {} },
    [/^error PARAMETER_UNKNOWN: --param m=1: parameter "m" is not defined\n {2}/],
  ],
  [
    'for a channel that does not exist',
    { all: { n: '3' }, byChannel: { prod: { n: '1' } } },
    [
      /^error UNKNOWN_REFERENCE: --param-by-release-channel prod=…: application "app" has no channel "prod"\n {2}it has/,
    ],
  ],
])('a mistaken value %s is a mistake of its option, once', (_, values, expected) => {
  const text = setUp({ channels: twoChannels, service: 'parameters: [{name: n, int: {}}]' });
  const lines = shown(text, { values });
  expect(lines).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test('a channel that is asked for and does not exist is a mistake of --channels', () => {
  expect(shown(setUp({}), { channels: ['prod'] })).toEqual([
    expect.stringMatching(/^error UNKNOWN_REFERENCE: --channels prod: /),
  ]);
});

test('the value of an earlier version stands in the text, for no option gave it', () => {
  const text = setUp({ service: 'parameters: [{name: n, int: {max: 3}}]' });
  const previous = { staging: { n: { kind: 'int', text: '9' } } };
  expect(shown(text, { previous })).toEqual([expect.stringMatching(/^service\/app\/s:5:\d+: error PARAMETER_INVALID/)]);
});
