import type { ApplicationFailure } from '@temporalio/common';
import type { LogEntry } from '@temporalio/worker';
import type { AwaitRunInput, BeginRunInput, EndRunInput, RunKey, RunRef } from '../../src/release/steps.js';
import { FakeCluster, type FakePod } from '../fakes/cluster.js';
import { settle } from '../fakes/clock.js';
import { FakeGateway } from '../fakes/job-gateway.js';
import { FakeRunStore } from '../fakes/run-store.js';
import { Attempts, failure, type Running } from './attempts.js';

export type { Running } from './attempts.js';
export const namespace = 'pvn-proxy-runtime-vm';
export const minute = 60_000;

/** One worker with a store and a cluster in memory; time stands still until it is moved. */
export class World {
  readonly cluster = new FakeCluster();
  readonly clock = this.cluster.clock;
  readonly gateway = new FakeGateway(this.cluster);
  readonly store = new FakeRunStore(this.clock);
  readonly attempts = new Attempts({ store: this.store, gateway: this.gateway, clock: this.clock });
  readonly run: Attempts['run'] = this.attempts.run.bind(this.attempts);
  readonly logged: LogEntry[] = this.attempts.logged;

  readonly key: RunKey = {
    application: 'my-app',
    service: 'my-service',
    channel: 'staging',
    release: 1,
    attempt: 1,
    command: 'apply',
    ordinal: 1,
  };

  beginInput(more: Partial<BeginRunInput> = {}): BeginRunInput {
    const containers = [{ name: 'main', image: 'registry.test/deploy:1' }];
    const manifest = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {},
      spec: { template: { spec: { containers } } },
    };
    return {
      key: this.key,
      releaseDigest: 'release-digest',
      versionName: 'v1',
      runtime: 'vm',
      cluster: 'ops',
      namespace: { name: namespace, managed: true },
      job: { prefix: 'my-service-staging-apply', mainContainer: 'main', manifest },
      jobDigest: 'job-digest',
      pullSecrets: [],
      workflowId: 'release/my-app/my-service/1',
      rerun: false,
      ...more,
    };
  }

  /** Begins the run, and insists on its Job. */
  async begun(more: Partial<BeginRunInput> = {}): Promise<RunRef> {
    const answer = await this.run('beginRun', this.beginInput(more)).promise;
    if (answer.outcome !== 'running') throw new Error(`expected a Job, got ${JSON.stringify(answer)}`);
    await settle();
    return answer.ref;
  }

  awaitInput(ref: RunRef, more: Partial<AwaitRunInput> = {}): AwaitRunInput {
    return { ref, timeoutMs: 60 * minute, startTimeoutMs: 10 * minute, ...more };
  }

  endInput(ref?: RunRef): EndRunInput {
    const { job, key } = this.beginInput();
    const input = { key, cluster: 'ops', namespace, prefix: job.prefix, mainContainer: job.mainContainer };
    return ref ? { ...input, ref } : input;
  }

  failure(running: Running<unknown>): Promise<ApplicationFailure> {
    return failure(running);
  }

  pod(ref: RunRef): FakePod {
    return this.cluster.pod(ref.name);
  }

  log(ref: RunRef): string {
    return this.store.run(ref.key).log.text();
  }

  /** The calls of these methods, in order. */
  calls(...methods: string[]): string[] {
    return this.gateway.calls.filter((call) => methods.some((method) => call.startsWith(`${method} `)));
  }
}
