import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from '@jest/globals';
import { createMainActivities } from '../../src/activities/index.js';
import { FakeClock } from '../fakes/clock.js';
import { FakeRunStore } from '../fakes/run-store.js';
import { finishOf, keyOf, viewOf } from '../store/stored.js';

const key = keyOf({ service: 'web' }, 1_000_000);
const { application, service, release, channel } = key;

const ask = (workflowId: string, store: FakeRunStore, name: keyof typeof steps): Promise<unknown> => {
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: 'r' } });
  return environment.run(() => steps[name](createMainActivities({ store })));
};

type Main = ReturnType<typeof createMainActivities>;

const steps = {
  project: (main: Main) => main.project({ view: viewOf({ service }, release), entered: [], watched: [] }),
  closeRun: (main: Main) => main.closeRun({ key }),
  finishRun: (main: Main) => main.finishRun(finishOf(key)),
  reenter: (main: Main) => main.reenter({ application, service, release, channels: [channel] }),
};

test.each(Object.keys(steps) as (keyof typeof steps)[])(
  '%s counts only for the workflow of its release',
  async (step) => {
    const store = new FakeRunStore(new FakeClock());
    await expect(ask('made-up', store, step)).rejects.toMatchObject({ type: 'SPEC_INVALID' });
    expect(store.calls).toEqual([]);
    await ask(`release/${application}/${service}/${release}`, store, step);
    expect(store.calls).toHaveLength(1);
  },
);
