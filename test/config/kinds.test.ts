import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makePlan } from '../../src/config/plan.js';
import { documentsOf, envOf, inputOf, jobOf, mainOf, mistakesOf, planOf, setUp, type Parts } from './planning.js';

const commit = '0123456789abcdef0123456789abcdef01234567';

/** A parameter of the service that is passed on to one of the runtime, which its program is told. */
const passed = (definition: string, more: Parts = {}): Parts => ({
  program: 'image: "a:1", cmd: ["{{.Params.x}}"]',
  parameters: `[{name: x, ${definition}}]`,
  values: '[{name: x, string: "{{.Params.x}}"}]',
  service: `parameters: [{name: x, ${definition}}]`,
  ...more,
});
const given = (x: string) => ({ values: { all: { x }, byChannel: {} } });
const told = (parts: Parts, more: object = {}): unknown =>
  mainOf(planOf(inputOf(documentsOf(setUp(parts)), more)))['args'];
const refused = (parts: Parts, more: object = {}): string[] => mistakesOf(inputOf(documentsOf(setUp(parts)), more));
const idOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('what a template gets', () => {
  test.each([
    ['a boolean', 'bool: {defaultValue: true}', 'true'],
    ['a text', 'string: {defaultValue: a}', 'a'],
    ['a blob', 'blob: {defaultValue: content}', idOf('content')],
  ])('of %s that has a default', (_, definition, expected) => {
    expect(told({ program: 'image: "a:1", cmd: ["{{.Params.x}}"]', parameters: `[{name: x, ${definition}}]` })).toEqual(
      [expected],
    );
  });

  test.each([
    ['bool: {}', 'false', 'false'],
    ['commit: {repository: r}', commit, commit],
  ])('%s given as %s when a release is started', (definition, text, expected) => {
    expect(told(passed(definition), given(text))).toEqual([expected]);
  });

  test.each([
    ['bool: {}', 'bool: true', 'true'],
    ['commit: {repository: r, branch: b}', `commit: ${commit}`, commit],
    ['blob: {}', 'blob: {inlined: "a: {b}"}', idOf('a: {b}')],
    ['blob: {}', 'blob: {inlinedBytes: w6k=}', idOf('é')],
    ['blob: {}', 'string: "{{.Builtins.Service.Name}}"', idOf('s')],
  ])('%s written as %s', (definition, value, expected) => {
    const parts = { ...passed(definition), service: '', values: `[{name: x, ${value}}]` };
    expect(told(parts)).toEqual([expected]);
  });

  test('a boolean decides like one', () => {
    const program = 'image: "a:1", cmd: ["{{if .Params.x}}yes{{else}}no{{end}}"]';
    expect(told(passed('bool: {}', { program }), given('false'))).toEqual(['no']);
  });
});

test.each([
  ['bool: {}', 'yes', 'parameter "x": "yes" is neither true nor false'],
  ['commit: {repository: r}', 'main', 'parameter "x": "main" is not a full hash: 40 or 64 hexadecimal digits'],
  ['blob: {}', 'a'.repeat(512 * 1024 + 1), 'parameter "x": it is longer than 512 KiB'],
])('%s cannot be %.10s', (definition, text, message) => {
  expect(refused(passed(definition), given(text)).join()).toContain(message);
});

test('a blob may be longer than other values', () => {
  const text = 'a'.repeat(512 * 1024);
  expect(
    told(passed('blob: {}', { values: '[]', program: 'image: "a:1"', parameters: '[]' }), given(text)),
  ).toBeUndefined();
});

test('the file of a blob is refused by name', () => {
  const program = 'image: "a:1", cmd: ["{{.Params.x.Path}}"]';
  expect(refused({ program, parameters: '[{name: x, blob: {defaultValue: a}}]' }).join()).toContain(
    '.Params.x.Path is not supported',
  );
});

describe('a secret', () => {
  const reference = { secretKeyRef: { name: 'vault', key: 'token' } };
  const text = 'kubernetesSecret:vault/token';
  const env = 'image: "a:1", env: {TOKEN: {value: "{{.Params.x}}"}}';
  const written = { ...passed('secret: {}', { program: env }), service: '' };
  const values = '[{name: x, secret: {kubernetesSecret: {secretName: vault, key: token}}}]';
  const tokenIn = (parts: Parts, more: object = {}) => envOf(planOf(inputOf(documentsOf(setUp(parts)), more)))['TOKEN'];

  test('that the service names becomes a reference in the environment', () => {
    expect(tokenIn({ ...written, values })).toEqual(reference);
  });

  test('is passed on by the service, and given by reference when a release is started', () => {
    expect(tokenIn(passed('secret: {}', { program: env }), given(text))).toEqual(reference);
  });

  test('may have a name that no path can say', () => {
    const parts = {
      program: 'image: "a:1", env: {TOKEN: {value: \'{{index .Params "a-b"}}\'}}',
      parameters: '[{name: a-b, secret: {}}]',
      values: '[{name: a-b, secret: {kubernetesSecret: {secretName: vault, key: token}}}]',
    };
    expect(tokenIn(parts)).toEqual(reference);
  });

  test('becomes one in the environment of the command and of the service too', () => {
    const apply = 'env: {TOKEN: {value: "{{ .Params.x }}"}}, taskConfig: {program: {image: "a:1"}}';
    expect(tokenIn({ ...written, values, apply })).toEqual(reference);
    const service = 'env: {TOKEN: {value: "{{.Params.x}}"}}, parameters: [{name: x, secret: {}}]'.replace(
      ', par',
      '\n  par',
    );
    expect(tokenIn({ service }, given(text))).toEqual(reference);
  });

  test('becomes one in a container of a manifest', () => {
    const manifest = `apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      initContainers:
        - {name: first, image: a, env: [{name: TOKEN, value: "{{.Params.x}}"}]}
      containers:
        - {name: main, image: a, env: [{name: TOKEN, value: "{{.Params.x}}"}, {name: B, value: b}]}
`;
    const apply = 'kubernetesConfig: {type: KUBERNETES, local: {path: job.yaml}}';
    const plan = planOf(inputOf(documentsOf(setUp({ ...written, values, apply }), { 'job.yaml': manifest })));
    expect(envOf(plan)).toMatchObject({ TOKEN: reference, B: 'b' });
    expect(JSON.stringify(jobOf(plan)).match(/"secretKeyRef":\{"name":"vault","key":"token"\}/g)).toHaveLength(2);
  });

  test('is shown as a reference in the plan', () => {
    const plan = planOf(inputOf(documentsOf(setUp({ ...written, values }))));
    expect(plan.channels[0]?.parameters).toEqual([{ name: 'x', value: text }]);
  });

  test.each([
    ['a command', 'cmd: ["{{.Params.x}}"]'],
    ['a part of a text', 'env: {A: {value: "a {{.Params.x}}"}}'],
    ['white space around it', 'env: {A: {value: " {{.Params.x}}"}}'],
    ['a function', 'env: {A: {value: "{{print .Params.x}}"}}'],
    ['a condition', 'cmd: ["{{if .Params.x}}a{{end}}"]'],
    ['a branch that is not taken', 'cmd: ["{{if false}}{{.Params.x}}{{end}}"]'],
    ['an index', 'cmd: [\'{{index .Params "x"}}\']'],
    ['a loop', 'cmd: ["{{range .Params}}{{.}}{{end}}"]'],
    ['with', 'cmd: ["{{with .Params.x}}a{{end}}"]'],
    ['$', 'cmd: ["{{$.Params.x}}"]'],
  ])('is refused in %s', (_, fields) => {
    expect(refused({ ...written, values, program: `image: "a:1", ${fields}` }).join()).toContain('SECRET_EXPOSED');
  });

  test.each(['{{.Params}}', '{{printf "%v" .Params}}', '{{print .Params}}'])(
    'cannot be printed with all others: %s',
    (template) => {
      const found = refused({ ...written, values, program: `image: "a:1", cmd: ['${template}']` });
      expect(found.join()).toContain('a secret is a reference');
    },
  );

  test('cannot become a parameter of another kind', () => {
    const parts = passed('secret: {}', { program: env, parameters: '[{name: x, string: {}}]' });
    expect(refused(parts, given(text)).join()).toContain('SECRET_EXPOSED');
  });

  test('cannot be made of texts, not even of one that looks like a reference', () => {
    const parts = {
      ...written,
      values: '[{name: x, string: "{{.Params.y}}"}]',
      service: 'parameters: [{name: y, string: {}}]',
    };
    const found = refused(parts, { values: { all: { y: text }, byChannel: {} } });
    expect(found.join()).toContain('parameter "x": a secret is given by reference');
  });

  test('that is required and missing is PARAMETER_MISSING', () => {
    expect(refused(passed('secret: {}, required: true', { program: env })).join()).toContain('PARAMETER_MISSING');
    expect(refused(passed('secret: {}', { program: env })).join()).toContain('has no value');
  });

  test.each([
    'hunter2',
    'kubernetesSecret:hunter2',
    'kubernetesSecret:a/hunter2/b',
    'kubernetesSecret:HUNTER2/hunter2',
  ])('that was given itself is not shown: %s', (value) => {
    const planned = makePlan(inputOf(documentsOf(setUp(passed('secret: {}', { program: env }))), given(value)));
    const found = JSON.stringify(planned).replaceAll('\\"', '"');
    expect(found).toContain('parameter "x": it must be a reference: kubernetesSecret:NAME/KEY');
    expect(found).not.toMatch(/hunter2/i);
  });
});

test.each(['bool: {}', 'commit: {repository: r}', 'blob: {}', 'secret: {}', 'int: {}', 'string: {}'])(
  'whatever text is given for %s, it is taken or PARAMETER_INVALID',
  (definition) => {
    const documents = documentsOf(setUp({ service: `parameters: [{name: x, ${definition}}]` }));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const mistake of mistakesOf(inputOf(documents, given(text))))
          expect(mistake).toContain('PARAMETER_INVALID');
      }),
      { numRuns: 200 },
    );
  },
);
