import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readResult } from '../../src/activities/result-file.js';
import { schemaPage } from '../../src/config/json-schema/page.js';
import { ResultSchema } from '../../src/config/result-schema.js';
import { documentSchema } from '../../src/config/json-schema/index.js';
import { issuesOf, parseCases } from '../config/annotated.js';

const file = 'schema/towpath.schema.json';
const made = (): string => `${JSON.stringify(documentSchema(), null, 1)}\n`;
const resultFile = 'schema/result.schema.json';
const resultSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(ResultSchema, { io: 'input', target: 'draft-7' }), null, 1)}\n`;

test('the published JSON Schema is made from the schemas of the code; `npm run reference` writes it', () => {
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, made());
  expect(existsSync(file) && readFileSync(file, 'utf8') === made()).toBe(true);
});

test.each<[string, unknown, boolean]>([
  [
    'all that it may have',
    { message: 'm', outputs: [{ name: 'n', text: 't' }], externalLinks: [{ url: 'https://x.test' }] },
    true,
  ],
  ['nothing', {}, true],
  ['keys of its own', { more: { a: [1] }, outputs: [{ name: 'n', text: 't', more: 1 }] }, true],
  ['a link that runs a script', { externalLinks: [{ url: 'javascript:alert(1)' }] }, false],
  ['an output without text', { outputs: [{ name: 'n' }] }, false],
  ['a message that is no text', { message: 1 }, false],
  ['a list', [], false],
])('the published schema of results says of one with %s what the code says', (_, value, good) => {
  const schema = resultSchema();
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(resultFile, schema);
  expect(existsSync(resultFile) && readFileSync(resultFile, 'utf8') === schema).toBe(true);
  const published = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(schema) as object);
  expect([published(value), 'result' in readResult(JSON.stringify(value))]).toEqual([good, good]);
});

const reference = 'docs/reference/configuration.md';

test('the reference of fields is made from the same schemas', () => {
  const page = [
    '# Fields of configuration files',
    '',
    'Made from `src/config/schema/` by `npm run reference`; a test compares. How they work together is in the [specification](../spec.md); the same as',
    'a JSON Schema is in [schema/towpath.schema.json](../../schema/towpath.schema.json). Each field may be written in snake_case too.',
    '',
    ...schemaPage(),
  ].join('\n');
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(reference, page);
  expect(existsSync(reference) && readFileSync(reference, 'utf8')).toBe(page);
});

const isValid = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(made()) as object);
/** What an independent validator has against the documents of a text. */
function mistakesIn(text: string): string[] {
  return parseAllDocuments(text, { merge: true, logLevel: 'error' }).flatMap((document) => {
    const value = document.toJS() as unknown;
    if (value === null || isValid(value)) return [];
    return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  });
}

const configFiles = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.pvn.yaml'))
  .map((name) => path.posix.join('examples', name));
const mistakes = 'test/config/mistakes';

test.each([...configFiles, 'test/fixtures/language/all.pvn.yaml'])(
  '%s is valid for an independent validator',
  (name) => {
    expect(mistakesIn(readFileSync(name, 'utf8'))).toEqual([]);
  },
);

test.each(configFiles)('%s tells an editor its schema, by a path that leads there', (name) => {
  const [first = ''] = readFileSync(name, 'utf8').split('\n');
  const [, to = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
  expect(path.join(path.dirname(name), to)).toBe(path.normalize(file));
});

test('every field is accepted in snake_case too', () => {
  const snake = (text: string): string =>
    text.replace(/[A-Za-z]+(?=:(?: |$))/gm, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const text = snake(readFileSync('examples/demo/runtime.pvn.yaml', 'utf8'));
  expect(text).toContain('proxy_runtime');
  expect(mistakesIn(text)).toEqual([]);
});

/** Mistakes of the shape of one document, which every validator should see. */
const structural = ['UNKNOWN_KEY', 'WRONG_TYPE', 'MISSING_FIELD', 'ONE_OF', 'NOT_SUPPORTED'];

/** What is a rule of the code between fields, or of the text. */
const unseen = [
  // A field in two spellings, or under two names: each of them is valid alone.
  /^only one of "(\w+)" and "(\w+)" may be given$/,
  /^a user or a group is required/,
  /^one of "context", "kubeconfig" and "inCluster: true" is required$/,
  /^"(days|runtimeExtension|url)"( or "hours")? is required$/,
  /^"\w+Metadata" stands beside/,
  /"\.\.\."/,
  // Names of Prodvana's ready-made checks.
  /is a ready-made check of Prodvana/,
  /exactly one of "pullSecret" and "public: true"|"pullSecret"/,
];

describe.each(readdirSync(mistakes))('%s', (name) => {
  const cases = parseCases(readFileSync(path.join(mistakes, name), 'utf8')).flatMap((each) => {
    const wrong = issuesOf(each).filter(
      ({ severity, code, message, at }) =>
        severity === 'error' &&
        structural.includes(code) &&
        at?.file.endsWith('.pvn.yaml') &&
        !unseen.some((rule) => rule.test(message)),
    );
    return wrong.length > 0 ? [{ title: each.title, each, wrong }] : [];
  });
  if (cases.length > 0)
    test.each(cases)('an independent validator sees a mistake of: $title', ({ each, wrong }) => {
      const texts = each.sections
        .filter(({ path: at }) => wrong.some((issue) => issue.at?.file === at))
        .map(({ lines }) => lines.filter((line) => !/^ *\^ /.test(line)).join('\n'));
      expect(texts.flatMap(mistakesIn)).not.toEqual([]);
    });
});
