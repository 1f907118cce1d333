import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clusterBinary, findCluster, isGoNewEnough, linkerFlags } from '../../src/embedded/cluster-build.js';
import { contentHash } from '../../src/embedded/content-hash.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-build-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['go version go1.26.8 linux/amd64', true],
  ['go version go2.0 linux/amd64', true],
  ['go version go1.25.9 darwin/arm64', false],
  ['', false],
])('%j is new enough: %s', (text, enough) => {
  expect(isGoNewEnough(text)).toBe(enough);
});

test('the server is told its version, which clients parse', () => {
  expect(linkerFlags('v1.37.2')).toContain('gitVersion=v1.37.2 -X k8s.io/component-base/version.gitMajor=1');
});

test('a binary of these sources is found in any folder, else the first gets one', () => {
  const [first, second] = [path.join(folder, 'a'), path.join(folder, 'b')];
  expect(findCluster({}, [first, second])).toEqual({ binary: clusterBinary(first), built: false });
  mkdirSync(second);
  writeFileSync(clusterBinary(second), '');
  expect(findCluster({}, [first, second])).toEqual({ binary: clusterBinary(second), built: true });
});

test('a binary that is named must be there', () => {
  expect(() => findCluster({ TOWPATH_CLUSTER_BIN: path.join(folder, 'none') }, [folder])).toThrow('does not exist');
  writeFileSync(path.join(folder, 'mine'), '');
  const binary = path.join(folder, 'mine');
  expect(findCluster({ TOWPATH_CLUSTER_BIN: binary }, [folder])).toEqual({ binary, built: true });
});

test('the hash changes with the sources, and with nothing else', () => {
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  write('main.go', 'package main');
  write('sub/x.go', 'package x');
  const before = contentHash(folder);
  write('main_test.go', 'package main');
  write('README.md', 'words');
  write('bin/embedded-cluster', 'binary');
  write('.git/x.go', '');
  expect(contentHash(folder)).toBe(before);
  write('sub/x.go', 'package y');
  expect(contentHash(folder)).not.toBe(before);
});
