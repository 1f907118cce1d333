import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWorkflows } from '../../src/client/workflows.js';
import type { Workflows } from '../../src/activities/ports.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { until } from '../real/until.js';

let temporal: RealTemporal;
let workflows: Workflows;
beforeAll(async () => {
  temporal = await openTemporal();
  workflows = createWorkflows(temporal);
});
afterAll(() => temporal?.close());

const start = (type: string, workflowId: string) =>
  temporal.client.workflow.start(type, { workflowId, taskQueue: 'nobody', args: [{}] });

test('releases that run are listed, and counted as they are listed; one that has ended, and what is no release, is not', async () => {
  await start('release', 'release/my-app/one/1');
  await start('reconciler', 'other');
  const two = await start('release', 'release/my-app/two/1');
  const listed = (count: number): Promise<string[]> =>
    until(`${count} are listed`, async () => {
      const [ids, counted] = [await workflows.listed(), await workflows.countListed()];
      return counted === count && ids.size === count ? [...ids].toSorted() : undefined;
    });
  expect(await listed(2)).toEqual(['my-app/one/1', 'my-app/two/1']);
  await two.terminate();
  expect(await listed(1)).toEqual(['my-app/one/1']);
});

test('how a workflow stands is asked of itself: open, how it ended, or absent', async () => {
  const handle = await start('release', 'release/my-app/standing/1');
  expect(await workflows.standing('my-app/standing/1')).toBe('open');
  await handle.terminate();
  expect(await workflows.standing('my-app/standing/1')).toBe('terminated');
  expect(await workflows.standing('my-app/standing/2')).toBe('absent');
});
