import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { searchAttributes } from '../../src/release/search-attributes.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { clientOf, startRelease, waitsForApproval } from './releases.js';
import { Script, workByScript } from './scripted.js';

let temporal: RealTemporal;
beforeAll(async () => {
  temporal = await openTemporal();
  const script = new Script();
  await workByScript(temporal, () => script);
});
afterAll(() => temporal?.close());

interface Metadata {
  currentDetails: string;
}

test('Temporal alone tells what a release is, waits for, and did', async () => {
  const release = await startRelease(temporal);
  await release.see('production waits for its approval', waitsForApproval);
  const described = await release.handle.describe();
  const attributes = Object.fromEntries(
    described.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
  );
  expect(attributes).toMatchObject({
    [searchAttributes.application]: 'my-app',
    [searchAttributes.service]: release.plan.service,
    [searchAttributes.releaseId]: release.id,
    [searchAttributes.version]: 'v4',
    [searchAttributes.phase]: 'WAITING_MANUAL_APPROVAL',
    [searchAttributes.channel]: 'production',
    [searchAttributes.gate]: 'approval',
    [searchAttributes.needsApproval]: true,
  });
  expect(await described.staticSummary()).toContain(release.id);
  expect(await described.staticDetails()).toContain('**production** when staging is stable and approval approval');
  const { currentDetails } = await release.handle.query<Metadata>('__temporal_workflow_metadata');
  expect(currentDetails).toContain(`**${release.id}** (v4) is **WAITING_MANUAL_APPROVAL**`);
  expect(currentDetails).toContain('gate approval `approval`: open');
  await release.handle.signal('manualApproval', { channel: 'production', decision: 'approve', by: 'ann' });
  await release.result();
  const after = (await release.handle.describe()).typedSearchAttributes.getAll();
  expect(after.find(({ key }) => key.name === searchAttributes.phase)?.value).toBe('CONVERGED');
  expect(after.find(({ key }) => key.name === searchAttributes.gate)).toBeUndefined();
});

test('a workflow that was terminated shows no live view, and others go on to show theirs', async () => {
  const [gone, living] = [await startRelease(temporal), await startRelease(temporal)];
  for (const release of [gone, living]) await release.see('production waits for its approval', waitsForApproval);
  await gone.handle.terminate();
  const client = clientOf(temporal);
  expect(await client.view(gone.id)).toBeUndefined();
  expect(await client.view(living.id)).toMatchObject({ id: living.id });
  await living.handle.terminate();
});

test('every activity and timer has a readable label', async () => {
  const release = await startRelease(temporal);
  await release.handle.signal('manualApproval', { channel: 'production', decision: 'approve', by: 'ann' });
  await release.result();
  const { events } = await release.handle.fetchHistory();
  const labelled = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes ?? event.timerStartedEventAttributes,
  );
  const labels = labelled.map((event) => Buffer.from(event.userMetadata?.summary?.data ?? []).toString());
  expect(labels.length).toBeGreaterThanOrEqual(6);
  expect(labels.filter((label) => label.length < 5)).toEqual([]);
  expect(labels).toEqual(
    expect.arrayContaining([
      expect.stringContaining('staging: create the apply Job on ops'),
      expect.stringContaining('production: converged'),
    ]),
  );
});

test('every query of the documentation is one that Temporal answers', async () => {
  const page = readFileSync('docs/how-to/approve-from-temporal.md', 'utf8');
  const queries = [...page.matchAll(/^\|[^|]+\| `([^`]+ (?:=|IN) [^`]+)` *\|$/gm)].map(([, query = '']) => query);
  expect(queries.length).toBeGreaterThan(10);
  for (const query of queries)
    expect(await temporal.client.workflow.count(query)).toMatchObject({ count: expect.any(Number) });
});
