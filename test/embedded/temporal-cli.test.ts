import { expect, test } from '@jest/globals';
import { isNewEnough, parseVersion } from '../../src/embedded/temporal-cli.js';
import { temporalArgs } from '../../src/embedded/temporal.js';
import { searchAttributes } from '../../src/release/search-attributes.js';

test.each([
  ['temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)\n', '1.9.1'],
  ['something else 1.9.1', undefined],
])('%j is version %s', (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

test.each([
  ['1.9.0', true],
  ['1.10.0', true],
  ['2.0.0', true],
  ['1.8.9', false],
])('%s is new enough: %s', (version, enough) => {
  expect(isNewEnough(version)).toBe(enough);
});

test('the dev server listens on loopback, keeps its state, and knows every search attribute', () => {
  const args = temporalArgs('/s/temporal.db', { port: 1, uiPort: 2, namespace: 'n', retentionMs: 1 });
  const line = args.join(' ');
  expect(line).toContain('--ip 127.0.0.1 --port 1 --ui-port 2 --db-filename /s/temporal.db');
  for (const name of Object.values(searchAttributes)) expect(line).toMatch(new RegExp(`--search-attribute ${name}=`));
});
