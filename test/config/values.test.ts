import { describe, expect, test } from '@jest/globals';
import { canonical, digestOf } from '../../src/config/canonical.js';
import { parseDuration } from '../../src/config/duration.js';
import { parseImage, registryHost } from '../../src/config/image.js';
import { isQuantity } from '../../src/config/quantity.js';
import { nearest, suggestion } from '../../src/config/suggest.js';

describe('a duration', () => {
  test.each([
    ['600s', 600_000],
    ['0.5s', 500],
    ['.5s', 500],
    ['1.s', 1000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1d1h1m1.001s', 90_061_001],
    ['3650d', 315_360_000_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '10', '1.5h', '30m1h', '1h 30m', '-1s', '1S', '3651d', '1ms', '1s1s', `${'1'.repeat(50)}s`])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('an image', () => {
  const hash = `sha256:${'0'.repeat(64)}`;
  test.each([
    ['python', { host: 'docker.io', repository: 'python' }],
    ['library/python:3', { host: 'docker.io', repository: 'library/python', tag: '3' }],
    ['localhost/a', { host: 'localhost', repository: 'a' }],
    ['registry.example:5000/a/b:v1', { host: 'registry.example:5000', repository: 'a/b', tag: 'v1' }],
    [`Registry.example/a@${hash}`, { host: 'registry.example', repository: 'a', tag: hash }],
    [`registry.example/a:v1@${hash}`, { host: 'registry.example', repository: 'a', tag: hash }],
    ['index.docker.io/a', { host: 'docker.io', repository: 'a' }],
  ])('%s', (text, expected) => {
    expect(parseImage(text)).toEqual(expected);
  });

  test.each([
    '',
    'a b',
    'A',
    'a:',
    'a@b',
    'a@sha256:1',
    `a@${hash}@${hash}`,
    'a:b:c',
    '/a',
    'a/',
    'a//b',
    'registry.example/',
    '-.example/a',
    'https://a.example/b',
  ])('%j is none', (text) => {
    expect(parseImage(text)).toBeUndefined();
  });

  test.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['HTTPS://Registry.Example:443/', 'registry.example:443'],
    ['registry.example', 'registry.example'],
    ['https://registry.example/v2', undefined],
    ['https://user@registry.example', undefined],
    ['', undefined],
  ])('the registry %s has the host %s', (url, host) => {
    expect(registryHost(url)).toBe(host);
  });
});

test.each([
  ['100m', true],
  ['1.5Gi', true],
  ['.5', true],
  ['1e3', true],
  ['+1', true],
  ['1 Gi', false],
  ['64MB', false],
  ['', false],
  ['1e', false],
])('%j is a quantity: %s', (text, expected) => {
  expect(isQuantity(text)).toBe(expected);
});

describe('a suggestion', () => {
  test.each([
    ['stagin', ['production', 'staging'], 'staging'],
    ['my-application', ['my-app', 'other'], 'my-app'],
    ['prod', ['production'], 'production'],
    ['Name', ['name'], 'name'],
    ['x', ['a', 'b'], undefined],
    ['name', ['kubernetes'], undefined],
    ['a'.repeat(1_000_000), ['name'], undefined],
  ])('%.20s of %j is %s', (name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  test('lists what there is, at most twenty', () => {
    const known = Array.from({ length: 25 }, (_, i) => `name-number-${i}`);
    expect(suggestion('zzz', known)).toMatch(/^known: "name-number-0", .*"name-number-19" and 5 more$/);
    expect(suggestion('zzz', [])).toBe('there is none');
  });
});

test('canonical JSON does not depend on the order of keys, and leaves out what is undefined', () => {
  expect(canonical({ b: [1, { d: null, c: undefined }], a: 'é' })).toBe('{"a":"é","b":[1,{"d":null}]}');
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
});
