import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { clusterQueue, mainQueue } from '../../src/release/ids.js';
import type {
  CloseReleaseInput,
  OverRelease,
  ReconcileReport,
  ReconcilerActivities,
  SweepActivities,
} from '../../src/release/reconciling.js';
import type { ClusterActivities, EndRunInput } from '../../src/release/steps.js';
import { openTemporal, type RealTemporal, type RealWorker } from '../real/temporal.js';
import { keyOf } from '../store/stored.js';

let temporal: RealTemporal;
beforeAll(async () => {
  temporal = await openTemporal();
});
afterAll(() => temporal?.close());

let over: OverRelease[];
let clusters: string[];
let closed: CloseReleaseInput[];
let workers: RealWorker[];
let attached: number;
let poked: Record<string, string>;
let foreign: boolean;
let endRun: ClusterActivities['endRun'];
let sweepCluster: SweepActivities['sweepCluster'];
beforeEach(async () => {
  [over, clusters, closed, attached] = [[], [], [], 0];
  [poked, foreign] = [{}, false];
  endRun = async () => ({ run: 1 });
  sweepCluster = async () => ({ tombstones: 0, unknown: { count: 0, names: [] } });
  const main: ReconcilerActivities = {
    findOver: async () => ({ over, foreign, clusters }),
    closeRelease: async (input) => void closed.push(input),
    pokeStalled: async () => ({ poked }),
  };
  const onCluster: Pick<ClusterActivities, 'endRun'> & SweepActivities = {
    endRun: (input) => endRun(input),
    sweepCluster: (input) => sweepCluster(input),
  };
  workers = [
    await temporal.work({ taskQueue: mainQueue, activities: main, workflows: true }),
    await temporal.work({ taskQueue: clusterQueue('ops'), activities: onCluster }),
  ];
});
afterEach(() => Promise.all(workers.map((worker) => worker.stop())));

const round = (patienceMs: number): Promise<ReconcileReport> =>
  temporal.client.workflow.execute('reconciler', {
    workflowId: `reconciler-${randomUUID()}`,
    taskQueue: mainQueue,
    args: [{ patienceMs }],
  });

function left(service: string): OverRelease {
  const run: EndRunInput = {
    key: keyOf({ service }, 1),
    cluster: 'ops',
    namespace: 'n',
    prefix: 'p',
    mainContainer: 'main',
  };
  return { release: `my-app/${service}/1`, why: 'terminated', runs: [run] };
}

/** As for a pod with a long grace period: it lives, and has no end yet. */
async function hang(): Promise<never> {
  attached += 1;
  const beats = setInterval(() => Context.current().heartbeat(), 100);
  try {
    return await Context.current().cancelled;
  } finally {
    clearInterval(beats);
  }
}

test('a release whose Job takes long to end holds up neither its round nor the others, and a later round attaches', async () => {
  over = [left('slow'), left('quick')];
  endRun = ({ key }) => (key.service === 'slow' ? hang() : Promise.resolve({ run: 1 }));
  expect(await round(5000)).toEqual({
    closed: ['my-app/quick/1'],
    waiting: { 'my-app/slow/1': 'it takes its time: a later round goes on' },
    foreign: false,
    swept: {},
    poked: {},
  });
  over = [left('slow')];
  await round(5000);
  expect(attached).toBe(2);
  endRun = async () => ({ run: 1 });
  expect(await round(30_000)).toMatchObject({ closed: ['my-app/slow/1'], waiting: {} });
  expect(closed.map(({ release }) => release)).toEqual(['my-app/quick/1', 'my-app/slow/1']);
});

test('a cluster that cannot be looked through is said, and its releases are ended all the same', async () => {
  [over, clusters] = [[left('one')], ['ops']];
  sweepCluster = async () => {
    throw ApplicationFailure.nonRetryable('list Jobs: the API server answered 403', 'RUNTIME_FORBIDDEN');
  };
  expect(await round(30_000)).toMatchObject({
    closed: ['my-app/one/1'],
    waiting: { ops: 'list Jobs: the API server answered 403' },
  });
  sweepCluster = async () => ({ tombstones: 2, unknown: { count: 1, names: ['jobs/left'] } });
  over = [];
  expect(await round(30_000)).toMatchObject({
    waiting: {},
    swept: { ops: { tombstones: 2, unknown: { count: 1, names: ['jobs/left'] } } },
  });
});

test('releases that stood still are named with what was seen; under another Temporal nobody looks', async () => {
  poked = { 'my-app/still/1': 'nothing of it is under way' };
  expect(await round(30_000)).toMatchObject({ poked });
  foreign = true;
  expect(await round(30_000)).toMatchObject({ foreign, poked: {} });
});
