import type { ClusterActivities, MainActivities, WaitActivities } from '../release/steps.js';
import type { ReconcilerActivities, SweepActivities } from '../release/reconciling.js';
import { createAwaitRun } from './await-run.js';
import { createBeginRun } from './begin-run.js';
import { heartbeating, systemClock, type Clock } from './clock.js';
import { createEndRun } from './end-run.js';
import { guarded, persistent } from './failures.js';
import { createFindOver } from './find-over.js';
import { createFinishRun } from './finish-run.js';
import { ofItself } from './own-release.js';
import type { Gateways, Manifests, ReconcilerStore, RunStore, Workflows } from './ports.js';
import { createPokeStalled } from './poke-stalled.js';
import { createSweepCluster } from './sweep-cluster.js';

/** Activities that need the database alone. */
export const createMainActivities = ({ store }: { store: RunStore }): MainActivities => ({
  project: guarded(ofItself((input) => store.project(input))),
  readRequest: guarded((input) => store.readRequest(input)),
  closeRun: persistent(ofItself(({ key }) => store.closeRun(key))),
  finishRun: persistent(ofItself((input) => store.finish(input))),
  reenter: guarded(ofItself((input) => store.reenter(input))),
});

/** The second net for what releases leave behind. */
export const createReconcilerActivities = (of: {
  store: ReconcilerStore;
  workflows: Workflows;
  manifests: Manifests;
  absentMs?: number;
  quietMs?: number;
}): ReconcilerActivities => ({
  findOver: guarded(createFindOver(of)),
  pokeStalled: guarded(createPokeStalled(of)),
  closeRelease: guarded((input) => of.store.closeRelease(input)),
});

/** The second net for what is on a cluster. */
export const createSweepActivities = (of: {
  store: Pick<ReconcilerStore, 'withoutRun' | 'recordSweep'> & Pick<RunStore, 'installationId'>;
  gateways: Gateways;
  manifests: Manifests;
}): SweepActivities => ({
  sweepCluster: guarded(createSweepCluster({ clock: systemClock, ...of })),
});

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  manifests: Manifests;
  clock?: Clock;
}

/** Short calls to a cluster. */
export function createClusterActivities(dependencies: Dependencies): ClusterActivities {
  const of = { clock: systemClock, ...dependencies };
  return {
    beginRun: guarded(ofItself(alive(of.clock, createBeginRun(of)))),
    endRun: persistent(createEndRun(of)),
    finishRun: persistent(ofItself(alive(of.clock, createFinishRun(of)))),
  };
}

/** Heartbeats while it works, so that the death of its worker is noticed before its time is over. */
const alive =
  <I, O>(clock: Clock, work: (input: I) => Promise<O>) =>
  (input: I): Promise<O> =>
    heartbeating(
      clock,
      () => ({}),
      () => work(input),
    );

/** The long wait for a Job. It runs whatever the cluster answers: rights that are lost for a while end no program. */
export const createWaitActivities = (dependencies: Omit<Dependencies, 'manifests'>): WaitActivities => ({
  awaitRun: persistent(createAwaitRun({ clock: systemClock, ...dependencies })),
});
