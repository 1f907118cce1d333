import { describe, expect, test } from '@jest/globals';
import { manifests } from '../../src/kubernetes/manifest.js';
import type { JsonObject } from '../../src/release/plan.js';
import type { BeginRunInput, RunKey } from '../../src/release/steps.js';
import { jobOf } from '../activities/observed.js';
import { World } from '../activities/world.js';

const world = new World();
const of = { run: 7, installation: 'installation-1' };
const built = (more: Partial<BeginRunInput> = {}): JsonObject => manifests.job(world.beginInput(more), of);
const template = (manifest: JsonObject): BeginRunInput['job'] => ({ prefix: 'p', mainContainer: 'main', manifest });

describe('the name of a Job', () => {
  const name = (more: Partial<RunKey> = {}, how: Partial<typeof of & { prefix: string }> = {}): string =>
    manifests.jobName({ ...world.key, ...more }, { prefix: 'my-service-staging-apply', ...of, ...how });

  test('is the same for the same run, whatever release, try and ordinal it belongs to', () => {
    expect(name()).toBe('my-service-staging-apply-75033e946e');
    expect(name({ release: 9, attempt: 2, ordinal: 3 })).toBe(name());
  });

  test.each<[string, string]>([
    ['installation', name({}, { installation: 'other' })],
    ['application', name({ application: 'other' })],
    ['service', name({ service: 'other' })],
    ['channel', name({ channel: 'other' })],
    ['command', name({ command: 'fetch' })],
    ['run', name({}, { run: 8 })],
  ])('is another one for another %s', (_, other) => {
    expect(other).not.toBe(name());
  });

  test.each([
    ['a'.repeat(60), /^a{40}-[0-9a-f]{10}$/],
    [`${'a'.repeat(39)}--b`, /^a{39}-[0-9a-f]{10}$/],
  ])('with prefix %s is a label value', (prefix, pattern) => {
    expect(name({}, { prefix })).toMatch(pattern);
  });
});

describe('the Job of a run', () => {
  test('keeps what its template says, and adds what is ours', () => {
    const manifest = {
      metadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
      spec: {
        backoffLimit: 0,
        template: { metadata: { labels: { app: 'c' } }, spec: { containers: [{ name: 'main' }, { name: 'side' }] } },
      },
    };
    const job = built({ job: template(manifest) });
    expect(job).toMatchObject({
      metadata: {
        labels: { team: 'a', 'towpath.dev/run': '7', 'towpath.dev/command': 'apply' },
        annotations: { note: 'b', 'towpath.dev/spec-hash': 'job-digest.7' },
      },
      spec: { backoffLimit: 0, template: { metadata: { labels: { app: 'c', 'towpath.dev/run': '7' } } } },
    });
    expect(manifest.metadata).toEqual({ labels: { team: 'a' }, annotations: { note: 'b' } });
  });

  test('tells the main container alone which run it is, over whatever was written there', () => {
    const env = [
      { name: 'TOWPATH_RUN', value: 'forged' },
      { name: 'constructor', value: 'x' },
    ];
    const containers = [{ name: 'side' }, { name: 'main', env }];
    const job = built({ job: template({ spec: { template: { spec: { containers } } } }) });
    expect(job).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'side' },
              {
                name: 'main',
                env: [
                  { name: 'constructor', value: 'x' },
                  { name: 'TOWPATH_RELEASE_ID', value: 'my-app/my-service/1' },
                  { name: 'TOWPATH_RUN', value: '7' },
                ],
              },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(job)).not.toContain('forged');
  });
});

describe('a Job that was found', () => {
  const { labels, annotations } = built()['metadata'] as { labels: Record<string, string>; annotations: JsonObject };
  const found = jobOf({ labels, annotations: annotations as Record<string, string> });
  const run = { key: world.key, ...of };

  test('is ours with our labels, and with the spec if that is known', () => {
    expect(manifests.isOurs(found, run)).toBe(true);
    expect(manifests.isOurs(found, { ...run, specHash: 'job-digest.7' })).toBe(true);
    expect(manifests.isOurs(found, { ...run, specHash: 'other.7' })).toBe(false);
  });

  test.each(Object.keys(labels).filter((name) => name !== 'towpath.dev/runtime'))(
    'is not ours with another %s',
    (name) => {
      expect(manifests.isOurs({ ...found, labels: { ...labels, [name]: 'other' } }, run)).toBe(false);
    },
  );

  test('is a tombstone of this installation, or none of ours', () => {
    const grave = manifests.tombstone('j', run)['metadata'] as { labels: Record<string, string> };
    const buried = jobOf(grave);
    expect(manifests.isTombstone(buried, 'installation-1')).toBe(true);
    expect(manifests.isTombstone(buried, 'other')).toBe(false);
    expect(manifests.isTombstone(found, 'installation-1')).toBe(false);
    expect(manifests.isOurs(buried, run)).toBe(false);
    expect(manifests.runOf(buried)).toEqual(manifests.runOf(found));
  });

  test('a tombstone never runs', () => {
    expect(manifests.tombstone('j', run)).toMatchObject({ spec: { suspend: true } });
  });
});
