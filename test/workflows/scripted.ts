import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { clusterQueue, mainQueue, waitQueue } from '../../src/release/ids.js';
import type {
  AwaitRunInput,
  BeginRunAnswer,
  BeginRunInput,
  EndRunAnswer,
  EndRunInput,
  FinishRunAnswer,
  FinishRunInput,
  ProjectAnswer,
  ProjectInput,
  ReadRequestAnswer,
  ReadRequestInput,
  ReenterAnswer,
  ReenterInput,
  RunKey,
  StoredRequest,
} from '../../src/release/steps.js';
import type { FailureCode } from '../../src/release/failures.js';
import type { RunEnd } from '../../src/release/view.js';
import type { RealTemporal, RealWorker } from '../real/temporal.js';

interface Inputs {
  beginRun: BeginRunInput;
  awaitRun: AwaitRunInput;
  endRun: EndRunInput;
  finishRun: FinishRunInput;
  project: ProjectInput;
  readRequest: ReadRequestInput;
  closeRun: { key: RunKey };
  reenter: ReenterInput;
}

interface Call {
  step: keyof Inputs;
  input: Inputs[keyof Inputs];
}

export const fine = (more: Partial<RunEnd> = {}): RunEnd => ({
  exitCode: 0,
  tail: [],
  logBytes: 0,
  truncated: false,
  warnings: [],
  ...more,
});

/** An end that is written. */
export const recorded: FinishRunAnswer = { endedAt: '2026-01-01T00:00:00Z' };

/** A Job that runs until its release is cancelled or its worker ends. */
export async function endless(): Promise<never> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 100);
  return context.cancelled.finally(() => clearInterval(timer));
}

/** A Job that runs on, and whose end takes until what this answers is called. */
export function endlessUntilGone(script: Script): () => void {
  let gone = (): void => undefined;
  const removed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  script.await = () => endless();
  script.end = async () => {
    await removed;
    return { run: 1, end: fine({ exitCode: 143, tail: ['stopped'] }) };
  };
  return () => gone();
}

/** A failure as an activity lets it out. */
export const failure = (type: FailureCode, end?: RunEnd): ApplicationFailure =>
  ApplicationFailure.create({
    type,
    message: `it was ${type}`,
    nonRetryable: true,
    ...(end ? { details: [end] } : {}),
  });

/** The activities of a release as a test answers them; every call is kept. The workflow is the real one. */
export class Script {
  readonly calls: Call[] = [];
  readonly requests = new Map<string, StoredRequest>();
  begin: (input: BeginRunInput) => BeginRunAnswer | Promise<BeginRunAnswer> = (input) => this.granted(input);
  await: (input: AwaitRunInput) => RunEnd | Promise<RunEnd> = () => fine();
  end: (input: EndRunInput) => EndRunAnswer | Promise<EndRunAnswer> = () => ({});
  project: (input: ProjectInput) => ProjectAnswer = ({ view, entered }) => ({
    standings: Object.fromEntries(
      view.channels
        .filter(({ name, status }) => entered.includes(name) || status === 'WAITING_MANUAL_APPROVAL')
        .map(({ name }) => [name, { standing: 'keep' }]),
    ),
    stable: [],
  });
  finish: (input: FinishRunInput) => FinishRunAnswer | Promise<FinishRunAnswer> = () => recorded;
  close: (input: { key: RunKey }) => EndRunAnswer = () => ({});
  reenter: (input: ReenterInput) => ReenterAnswer = () => ({ replaced: {} });
  /** Answers to reading requests wait for this. */
  store: Promise<void> = Promise.resolve();
  private runs = 0;

  granted({ key, cluster, namespace }: BeginRunInput): BeginRunAnswer {
    this.runs += 1;
    const name = `${key.service}-${key.channel}-${this.runs}`;
    const ref = { key, run: this.runs, cluster, namespace: namespace.name, name, uid: `uid-${this.runs}` };
    return {
      outcome: 'running',
      ref: { ...ref, mainContainer: 'main', specHash: 's', allottedAt: '2026-01-01T00:00:00Z' },
    };
  }

  /** Of one step, in order. */
  of<S extends keyof Inputs>(step: S): Inputs[S][] {
    return this.calls.filter((call) => call.step === step).map((call) => call.input as Inputs[S]);
  }

  /** `beginRun staging`, `finishRun staging`: what happened to Jobs, in order. */
  story(): string[] {
    return this.calls.flatMap(({ step, input }) => {
      if ('of' in input) return [`${step} ${input.of.channel}`];
      if ('key' in input) return [`${step} ${input.key.channel}`];
      return 'ref' in input ? [`${step} ${input.ref.key.channel}`] : [];
    });
  }
}

type Answers = { [S in keyof Inputs]: (input: Inputs[S]) => unknown };

/** What a script answers, step by step. */
const answersOf = (script: Script): Answers => ({
  beginRun: (input) => script.begin(input),
  awaitRun: (input) => script.await(input),
  endRun: (input) => script.end(input),
  finishRun: (input) => script.finish(input),
  project: (input) => script.project(input),
  closeRun: (input) => script.close(input),
  reenter: (input) => script.reenter(input),
  readRequest: async ({ requestId }): Promise<ReadRequestAnswer> => {
    await script.store;
    const request = script.requests.get(requestId);
    return request ? { request } : {};
  },
});

/**
 * Workers for the main queue and one cluster, which answer by the script of the moment: a worker that is stopped may take a
 * task with it for seconds, so tests share one.
 */
export async function workByScript(temporal: RealTemporal, script: () => Script, cluster = 'ops'): Promise<RealWorker> {
  const activity =
    <S extends keyof Inputs>(step: S) =>
    async (input: Inputs[S]): Promise<unknown> => {
      const now = script();
      now.calls.push({ step, input });
      return answersOf(now)[step](input as never);
    };
  const workers = await Promise.all([
    temporal.work({
      taskQueue: mainQueue,
      workflows: true,
      activities: {
        project: activity('project'),
        readRequest: activity('readRequest'),
        closeRun: activity('closeRun'),
        finishRun: activity('finishRun'),
        reenter: activity('reenter'),
      },
    }),
    temporal.work({
      taskQueue: clusterQueue(cluster),
      activities: { beginRun: activity('beginRun'), endRun: activity('endRun'), finishRun: activity('finishRun') },
    }),
    temporal.work({ taskQueue: waitQueue(cluster), activities: { awaitRun: activity('awaitRun') } }),
  ]);
  return { stop: async () => void (await Promise.all(workers.map((worker) => worker.stop()))) };
}
