import { ActivityCancellationDetails, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { createClusterActivities, createWaitActivities } from '../../src/activities/index.js';
import type { Clock } from '../../src/activities/clock.js';
import type { JobGateway, RunStore } from '../../src/activities/ports.js';
import { manifests } from '../../src/kubernetes/manifest.js';
import type { ClusterActivities, StepOf, WaitActivities } from '../../src/release/steps.js';

type Activities = ClusterActivities & WaitActivities;
type Name = keyof Activities;
type Input<N extends Name> = Parameters<Activities[N]>[0];
type Answer<N extends Name> = Awaited<ReturnType<Activities[N]>>;
type Cancelled = Partial<Record<'cancelRequested' | 'paused' | 'reset' | 'timedOut' | 'workerShutdown', boolean>>;

/** What an activity answered or threw, once it has. */
export interface Running<T> {
  outcome: { answer: T } | { error: unknown } | undefined;
  promise: Promise<T>;
  beats: unknown[];
  /** Worker shutdown unless told otherwise. */
  cancel(details?: Cancelled): void;
}

/** Runs the activities of one worker, each call as one attempt in an environment of its own. */
export class Attempts {
  /** What the activities logged. */
  readonly logged: LogEntry[] = [];
  private readonly activities: Activities;
  /** Of the workflow that asks; its release's own unless a test says otherwise. */
  workflowId: string | undefined;
  /** Which attempt of an activity the next call is. */
  attempt = 1;
  /** Of the attempt before. */
  heartbeatDetails: unknown;

  constructor({ store, gateway, clock }: { store: RunStore; gateway: JobGateway; clock: Clock }) {
    const dependencies = { store, gateways: () => gateway, manifests, clock };
    this.activities = { ...createClusterActivities(dependencies), ...createWaitActivities(dependencies) };
  }

  run<N extends Name>(name: N, input: Input<N>): Running<Answer<N>> {
    const logger = new DefaultLogger('DEBUG', (entry) => this.logged.push(entry));
    const workflowExecution = { workflowId: this.workflowId ?? ownOf(input), runId: 'r' };
    const environment = new MockActivityEnvironment(
      { activityType: name, workflowExecution, attempt: this.attempt, heartbeatDetails: this.heartbeatDetails },
      { logger },
    );
    const beats: unknown[] = [];
    environment.on('heartbeat', (details) => beats.push(details));
    const activity = this.activities[name] as (input: Input<N>) => Promise<Answer<N>>;
    const promise: Promise<Answer<N>> = environment.run(() => activity(input));
    const running: Running<Answer<N>> = {
      outcome: undefined,
      promise,
      beats,
      cancel: (details = { workerShutdown: true }) =>
        environment.cancel('CANCELLED', new ActivityCancellationDetails(details)),
    };
    promise.then(
      (answer) => {
        running.outcome = { answer };
      },
      (error: unknown) => {
        running.outcome = { error };
      },
    );
    return running;
  }
}

function ownOf(input: object): string {
  const { key } = ('ref' in input ? input.ref : input) as { key?: StepOf };
  const { application, service, release } = key ?? (input as { of: StepOf }).of;
  return `release/${application}/${service}/${release}`;
}

/** A failed activity's failure; whatever else happened is an error. */
export async function failure(running: Running<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await running.promise.then(
    (answer) => new Error(`it answered ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApplicationFailure) return error;
  throw error;
}
