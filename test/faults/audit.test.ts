import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditLog } from './audit.js';

let folder: string;
let file: string;
let log: AuditLog;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'audit-'));
  file = path.join(folder, 'audit.log');
  log = new AuditLog(file);
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = { 'towpath.dev/service': 'long', 'towpath.dev/run': '1' };

/** As the API server writes the end of a create. */
function event(code: number | undefined, { uid, labels = run }: { uid?: string; labels?: object } = {}): string {
  return `${JSON.stringify({
    kind: 'Event',
    stage: 'ResponseComplete',
    ...(code === undefined ? {} : { responseStatus: { code } }),
    requestObject: { kind: 'Job', metadata: { labels } },
    responseObject: code === 201 ? { kind: 'Job', metadata: { uid, labels } } : { kind: 'Status' },
  })}\n`;
}

test('an API server that has run without an audit log is an error', () => {
  expect(() => log.read()).toThrow(`the API server writes no audit log: ${file} is missing`);
});

test('Jobs are those whose creates were answered 201, tombstones apart, and each is read once', () => {
  appendFileSync(file, event(201, { uid: 'a' }) + event(409));
  log.read();
  appendFileSync(file, event(201, { uid: 'b', labels: { ...run, 'towpath.dev/tombstone': 'true' } }));
  log.read();
  expect(log.created).toEqual([{ uid: 'a', labels: run }]);
  expect(log.createdWith({ 'towpath.dev/service': 'short' })).toEqual([]);
});

test('a line that ended with the API server is left out, and the one behind it counts', () => {
  appendFileSync(file, event(201, { uid: 'a' }).slice(0, 60) + event(201, { uid: 'b' }));
  log.read();
  expect(log.created.map(({ uid }) => uid)).toEqual(['b']);
});

describe('a Job that is known otherwise', () => {
  test('has a record when its 201 is there', () => {
    appendFileSync(file, event(503) + event(201, { uid: 'a' }));
    log.read();
    expect(log.withoutRecord(run, ['a'])).toEqual([]);
  });

  test.each([
    ['nothing was recorded', ''],
    ['its create was refused', event(409) + event(429)],
    ['another Job of the run is recorded', event(201, { uid: 'b' })],
    ['a create of another run was given up', event(504, { labels: { ...run, 'towpath.dev/run': '2' } })],
  ])('lacks one when %s', (_, lines) => {
    appendFileSync(file, lines);
    log.read();
    expect(log.withoutRecord(run, ['a'])).toEqual(['a']);
  });

  // 200 is what the API server writes of a connection that was closed early.
  test.each([504, 500, 200, undefined])('needs none when a create of it was given up and ended with %s', (code) => {
    appendFileSync(file, event(code));
    log.read();
    expect(log.withoutRecord(run, ['a'])).toEqual([]);
  });
});
