import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { reachable } from '../../src/embedded/postgres-account.js';

test('a file is reachable when anyone may pass every folder on the way, but for one that is ours', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'towpath-reach-'));
  const inner = path.join(folder, 'inner');
  mkdirSync(inner);
  try {
    chmodSync(folder, 0o755);
    expect(reachable(path.join(inner, 'not-there-yet'))).toBe(true);
    chmodSync(folder, 0o700);
    expect(reachable(inner)).toBe(false);
    expect(reachable(inner, folder)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
