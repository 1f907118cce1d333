import { expect, test } from '@jest/globals';
import { readDocuments } from '../../src/config/read.js';

const text = `# the cluster
runtime:
  name: ops # linked
  kubernetes: {context: ops}
--- # the service
service:
  name: s
  application: app
  custom_runtime: {parameter_values: [{name: a, int: 3}]}
  runtime_connection: ""
`;

test('documents are read one by one, normalised, each with its own text', () => {
  const { documents, issues } = readDocuments([{ path: 'a.pvn.yaml', text }], []);
  expect(issues).toEqual([]);
  expect(documents.map(({ name, key }) => ({ name, key }))).toEqual([
    { name: { kind: 'runtime', name: 'ops' }, key: 'ops' },
    { name: { kind: 'service', name: 's', application: 'app' }, key: 'app/s' },
  ]);
  expect(documents.map((each) => each.text)).toEqual([
    '# the cluster\nruntime:\n  name: ops # linked\n  kubernetes: {context: ops}\n',
    '# the service\nservice:\n  name: s\n  application: app\n  custom_runtime: {parameter_values: [{name: a, int: 3}]}\n  runtime_connection: ""\n',
  ]);
  expect(documents.map(({ document }) => document)).toEqual([
    { kind: 'runtime', name: 'ops', kubernetes: { context: 'ops' } },
    {
      kind: 'service',
      application: 'app',
      name: 's',
      values: [{ name: 'a', key: 'int', text: '3' }],
      parameters: [],
      constants: [],
      env: [],
      channels: [],
    },
  ]);
});

test('the text of a document is read again as the same document', () => {
  const first = readDocuments([{ path: 'a.pvn.yaml', text }], []).documents;
  const again = first.flatMap((each) => readDocuments([{ path: 'b.pvn.yaml', text: each.text }], []).documents);
  expect(again.map(({ document, digest }) => ({ document, digest }))).toEqual(
    first.map(({ document, digest }) => ({ document, digest })),
  );
});

test('a remark makes another config version, and the same document', () => {
  const read = (written: string) => readDocuments([{ path: 'a.pvn.yaml', text: written }], []).documents[0];
  const [before, after] = [
    read('runtime: {name: a, kubernetes: {inCluster: true}}'),
    read('runtime: {name: a, kubernetes: {inCluster: true}} # ours'),
  ];
  expect(after?.document).toEqual(before?.document);
  expect(after?.digest).not.toBe(before?.digest);
});

test('a document with a mistake that leaves the rest usable is there all the same', () => {
  const { documents, issues } = readDocuments(
    [{ path: 'a.pvn.yaml', text: 'runtime: {name: a, kubernetes: {inCluster: true}, fake: {}}' }],
    [],
  );
  expect(documents).toHaveLength(1);
  expect(issues).toMatchObject([{ code: 'NOT_SUPPORTED' }]);
});

test('documents are JSON and nothing else', () => {
  const { documents } = readDocuments([{ path: 'a.pvn.yaml', text }], []);
  for (const { document } of documents) expect(JSON.parse(JSON.stringify(document))).toStrictEqual(document);
});
