import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { homeDir, loadSettings, settingKeys, settingSources, variableOf } from '../../src/config/settings.js';
import { TowpathError } from '../../src/release/towpath-error.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'towpath-settings-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (text: string): void => writeFileSync(path.join(home, 'config.yaml'), text);

function refusal(env: NodeJS.ProcessEnv = {}): TowpathError {
  try {
    loadSettings(home, env);
  } catch (error) {
    if (error instanceof TowpathError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

test('without a file everything has its default', () => {
  expect(loadSettings(home, {})).toMatchObject({
    home,
    listen: { host: '127.0.0.1', port: 7400 },
    temporal: { namespace: 'towpath', retention: 30 * 86_400_000 },
    startTimeout: 600_000,
    logRetention: { succeeded: 30 * 86_400_000, failed: 90 * 86_400_000 },
    trustRawSignals: false,
  });
});

test('the embedded mode trusts signals and approvals of the one who uses it, unless told otherwise', () => {
  const env = { TOWPATH_EMBEDDED: 'true' };
  expect(loadSettings(home, env)).toMatchObject({ trustRawSignals: true });
  expect(loadSettings(home, { ...env, TOWPATH_TRUST_RAW_SIGNALS: 'false' })).toMatchObject({ trustRawSignals: false });
});

test('the file counts, and the environment wins', () => {
  write('listen: 127.0.0.1:7500\ntemporal:\n  address: file:1\n  namespace: mine\n');
  const env = { TOWPATH_TEMPORAL_ADDRESS: 'env:2', TOWPATH_LISTEN: '' };
  expect(loadSettings(home, env)).toMatchObject({
    listen: { port: 7500 },
    temporal: { address: 'env:2', namespace: 'mine' },
  });
});

test.each([
  ['[::1]:7400', { host: '::1', port: 7400 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
])('listen may be %s', (listen, parsed) => {
  expect(loadSettings(home, { TOWPATH_LISTEN: listen }).listen).toEqual(parsed);
});

test.each([
  ['lisen: x\n', 'lisen', { line: 1, column: 1 }],
  ['startTimeout: 10\n', 'startTimeout', { line: 1, column: 15 }],
  ['\ntemporal:\n  retention: soon\n', 'temporal.retention: write a duration', { line: 3, column: 14 }],
  ['listen: "7400"\n', 'listen: write HOST:PORT', { line: 1, column: 9 }],
  ['listen: 127.0.0.1:99999\n', 'listen: write HOST:PORT', { line: 1, column: 9 }],
  ['a: [\n', '', { line: 2, column: 1 }],
  ['just text\n', 'settings are a map', { line: 1, column: 1 }],
])('%j is refused with its place', (text, message, at) => {
  write(text);
  const error = refusal();
  expect(error.code).toBe('SETTINGS_INVALID');
  expect(error.message).toContain(message);
  expect(error.at).toEqual({ file: path.join(home, 'config.yaml'), ...at });
});

test.each<[string, Record<string, string>, string[] | undefined]>([
  ['', {}, undefined],
  ['worker: {clusters: [ops, far]}\n', {}, ['ops', 'far']],
  ['worker: {clusters: []}\n', {}, []],
  ['worker: {clusters: [ops]}\n', { TOWPATH_WORKER_CLUSTERS: 'far, near' }, ['far', 'near']],
])('%j with %j keeps a worker to %j', (text, env, clusters) => {
  write(text);
  expect(loadSettings(home, env).worker.clusters).toEqual(clusters);
});

test('every mistake is named at once', () => {
  write('startTimeout: soon\nlisten: x\n');
  expect(refusal().message).toMatch(/listen: .*; startTimeout: /);
});

test('a password never shows in a refusal', () => {
  write('databaseUrl: [postgresql://me:secret@host/db]\n');
  expect(refusal().message).not.toContain('secret');
});

test.each([
  ['temporal.address', 'TOWPATH_TEMPORAL_ADDRESS'],
  ['databaseUrl', 'TOWPATH_DATABASE_URL'],
  ['logRetention.failed', 'TOWPATH_LOG_RETENTION_FAILED'],
])('%s is also %s', (key, variable) => {
  expect(variableOf(key)).toBe(variable);
});

test('each setting is shown with where it is from', () => {
  write('temporal: {namespace: mine}\ntrustRawSignals: true\n');
  const sources = settingSources(home, { TOWPATH_LISTEN: '127.0.0.1:1' });
  const file = path.join(home, 'config.yaml');
  expect(sources).toContainEqual({ key: 'listen', text: '127.0.0.1:1', source: 'TOWPATH_LISTEN' });
  expect(sources).toContainEqual({ key: 'temporal.namespace', text: 'mine', source: file });
  expect(sources).toContainEqual({ key: 'trustRawSignals', text: 'true', source: file });
  expect(sources).toContainEqual({ key: 'startTimeout', text: '10m', source: 'default' });
  expect(sources.map(({ key }) => key)).toEqual(settingKeys);
});

test('the state lies in TOWPATH_HOME, or below the home of the user', () => {
  expect(homeDir({ TOWPATH_HOME: '/srv/../srv/towpath' })).toBe('/srv/towpath');
  expect(homeDir({})).toMatch(/\/\.towpath$/);
});
