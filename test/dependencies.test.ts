import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';

const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;
const all = Object.entries({ ...dependencies, ...devDependencies });

test('every version is exact', () => {
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('all packages of Temporal have one version', () => {
  const versions = all.filter(([name]) => name.startsWith('@temporalio/')).map(([, version]) => version);
  expect(new Set(versions).size).toBe(1);
});

test.each(['common', 'proto', 'worker'])(
  '@temporalio/%s shares the one protobufjs: two copies cannot replay',
  (name) => {
    const require = createRequire(import.meta.url);
    const ours = require.resolve('protobufjs');
    const from = createRequire(require.resolve(`@temporalio/${name}/package.json`));
    expect(from.resolve('protobufjs')).toBe(ours);
  },
);
