import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWorkflows } from '../../src/client/workflows.js';
import { searchAttributes } from '../../src/release/search-attributes.js';
import type { Workflows } from '../../src/activities/ports.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { until } from '../real/until.js';

/** COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION of Temporal's API. */
const completeWorkflowExecution = 4;

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

test('of one that came to its end by itself it is told as what', async () => {
  const phase = defineSearchAttributeKey(searchAttributes.phase, SearchAttributeType.KEYWORD);
  const id = 'my-app/completed/1';
  const taskQueue = 'completing';
  const { client } = temporal;
  const handle = await client.workflow.start('release', {
    workflowId: `release/${id}`,
    taskQueue,
    args: [{}],
    typedSearchAttributes: [{ key: phase, value: 'CONVERGED' }],
  });
  const { namespace } = client.options;
  const poll = { namespace, taskQueue: { name: taskQueue } };
  const { taskToken } = await client.withDeadline(Date.now() + 20_000, () =>
    client.workflowService.pollWorkflowTaskQueue(poll),
  );
  const command = { commandType: completeWorkflowExecution, completeWorkflowExecutionCommandAttributes: {} };
  await client.workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands: [command] });
  await handle.result();
  expect(await workflows.standing(id)).toBe('completed as CONVERGED');
});
