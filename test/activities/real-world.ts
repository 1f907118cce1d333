import type { ApplicationFailure } from '@temporalio/common';
import { systemClock } from '../../src/activities/clock.js';
import type { JobGateway } from '../../src/activities/ports.js';
import type { JsonObject } from '../../src/release/plan.js';
import type { AwaitRunInput, BeginRunInput, EndRunInput, RunKey, RunRef } from '../../src/release/steps.js';
import { FakeRunStore } from '../fakes/run-store.js';
import { Scene } from '../kubernetes/contract/scene.js';
import type { Program } from '../kubernetes/program.js';
import { realCluster } from '../kubernetes/real-cluster.js';
import { Attempts, failure, type Running } from './attempts.js';

/** The activities on the cluster of the set-up, with a store in memory; times are the real ones. */
export class RealWorld {
  readonly scene = new Scene(realCluster);
  readonly store = new FakeRunStore(systemClock);
  private attempts: Attempts | undefined;

  async begin(gateway?: JobGateway): Promise<void> {
    await this.scene.begin();
    this.use(gateway ?? this.scene.gateway);
  }

  /** From now on, the cluster is asked through this gateway. */
  use(gateway: JobGateway): void {
    this.attempts = new Attempts({ store: this.store, gateway, clock: systemClock });
  }

  run: Attempts['run'] = (name, input) => {
    if (!this.attempts) throw new Error('the world has not begun');
    return this.attempts.run(name, input);
  };

  failure(running: Running<unknown>): Promise<ApplicationFailure> {
    return failure(running);
  }

  /** A run of a service of its own, so that the runs of one cluster do not meet. */
  beginInput(
    program: Program,
    more: Partial<BeginRunInput> & { podSpec?: JsonObject; container?: JsonObject } = {},
  ): BeginRunInput {
    const { podSpec = {}, container = {}, ...fields } = more;
    const manifest = this.scene.cluster.manifest({ name: 'replaced', program, podSpec, container });
    const key: RunKey = {
      application: 'my-app',
      service: this.scene.unique('service'),
      channel: 'staging',
      release: 1,
      attempt: 1,
      command: 'apply',
      ordinal: 1,
    };
    return {
      key,
      releaseDigest: 'release-digest',
      versionName: 'v1',
      runtime: 'vm',
      cluster: 'ops',
      namespace: { name: this.scene.unique('activities'), managed: true },
      job: { prefix: 'my-service-staging-apply', mainContainer: 'main', manifest },
      jobDigest: 'job-digest',
      pullSecrets: [],
      workflowId: 'release/my-app/my-service/1',
      rerun: false,
      ...fields,
    };
  }

  async begun(input: BeginRunInput): Promise<RunRef> {
    const answer = await this.run('beginRun', input).promise;
    if (answer.outcome !== 'running') throw new Error(`expected a Job, got ${JSON.stringify(answer)}`);
    return answer.ref;
  }

  awaitInput(ref: RunRef, more: Partial<AwaitRunInput> = {}): AwaitRunInput {
    return { ref, timeoutMs: 3_600_000, startTimeoutMs: 600_000, ...more };
  }

  endInput({ key, namespace, job }: BeginRunInput | (RunRef & { job?: never })): EndRunInput {
    const prefix = job?.prefix ?? 'my-service-staging-apply';
    const where = typeof namespace === 'string' ? namespace : namespace.name;
    return { key, cluster: 'ops', namespace: where, prefix, mainContainer: 'main' };
  }

  log(ref: RunRef): string {
    return this.store.run(ref.key).log.text();
  }

  /** The log of a run has this text. */
  async logged(ref: RunRef, text: string): Promise<void> {
    await this.scene.eventually(
      () => Promise.resolve(this.log(ref)),
      (log) => log.includes(text),
    );
  }
}
