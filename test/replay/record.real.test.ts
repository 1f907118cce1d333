import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { until } from '../real/until.js';
import { Script, workByScript } from '../workflows/scripted.js';
import { codeDigest, codeFile, current, fileOf } from './histories.js';
import { scenarios } from './scenarios.js';

const recording = process.env['UPDATE_HISTORIES'] !== undefined;
let temporal: RealTemporal;
let script: Script;
beforeAll(async () => {
  temporal = await openTemporal();
  await workByScript(temporal, () => script);
  if (!recording) return;
  rmSync(current, { recursive: true, force: true });
  mkdirSync(current, { recursive: true });
  writeFileSync(codeFile, `${codeDigest()}\n`);
});
beforeEach(() => {
  script = new Script();
});
afterAll(() => temporal?.close());

test.each(scenarios)('$name ends $ends', async ({ name, play, ends }) => {
  const release = await play({ temporal, script });
  expect((await release.result()).status).toBe(ends);
  if (recording) await record(name, release.handle.workflowId);
});

/** Every run of the release, the first one first. */
async function record(name: string, workflowId: string): Promise<void> {
  const runs = await until('all its runs are listed', async () => {
    const found: { runId: string; startTime: Date; status: string }[] = [];
    for await (const { runId, startTime, status } of temporal.client.workflow.list({
      query: `WorkflowId = '${workflowId}'`,
    }))
      found.push({ runId, startTime, status: status.name });
    return found.some(({ status }) => status === 'COMPLETED') ? found : undefined;
  });
  const inOrder = runs.toSorted((a, b) => a.startTime.getTime() - b.startTime.getTime());
  // A chain of many runs says nothing that its ends do not.
  const kept = inOrder.length > 3 ? [...inOrder.slice(0, 2), ...inOrder.slice(-1)] : inOrder;
  for (const [at, { runId }] of kept.entries()) {
    const history = await temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
    writeFileSync(fileOf(name, at), `${JSON.stringify(JSON.parse(historyToJSON(history), anonymous))}\n`);
  }
}

/** Process, host and paths of whoever recorded it say nothing of a release. */
function anonymous(key: string, value: unknown): unknown {
  // A worker and its sticky queue are called `<process>@<host>`.
  if (typeof value === 'string' && /^[0-9]+@/.test(value)) return 'recorder';
  return key === 'stackTrace' ? '' : value;
}
