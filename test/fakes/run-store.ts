import type { RunStore, TurnAndNumber } from '../../src/activities/ports.js';
import type { FoundJob } from '../../src/release/reconciling.js';
import { given } from '../../src/release/given.js';
import { releaseId, releaseWorkflowId } from '../../src/release/ids.js';
import { isEnded } from '../../src/release/status.js';
import type {
  BeginRunInput,
  FinishRunInput,
  ProjectAnswer,
  ProjectInput,
  ReenterAnswer,
  ReenterInput,
  RunKey,
  RunProgress,
  SlotWait,
  RunRef,
  StepOf,
  StoredRequest,
} from '../../src/release/steps.js';
import { TowpathError } from '../../src/release/towpath-error.js';
import { noTurns, turns, type Standing, type TurnEvent, type TurnState } from '../../src/release/turns.js';
import type { ReleaseView } from '../../src/release/view.js';
import { FakeClock } from './clock.js';
import { RunLog } from './run-log.js';

type Outcome = NonNullable<FinishRunInput['outcome']>;
type Stable = { digest: string; version: string; release: number; since: string };

interface Instance {
  turns: TurnState;
  lastRun: number;
  /** The last epoch that it was compared with its cluster in. */
  epoch: number;
  stable?: Stable;
}

interface Run {
  key: RunKey;
  run?: number;
  closed: boolean;
  allottedAt: string;
  uid?: string;
  /** The runtime that it holds a slot of. */
  slotOf?: string;
  outcome?: Outcome;
  endedAt?: string;
  progress?: RunProgress;
  log: RunLog;
}

type Method = keyof RunStore;
/** `answerLost`: the transaction was committed, and then the connection broke. */
type Fault = 'away' | 'answerLost';

/** The RunStore in memory. The contract that it keeps is test/store/run-store-contract.ts. */
export class FakeRunStore implements RunStore {
  readonly instances = new Map<string, Instance>();
  readonly runs = new Map<string, Run>();
  readonly views = new Map<string, ReleaseView>();
  readonly requests = new Map<string, StoredRequest & { outcome?: { counted: boolean; why?: string } }>();
  /** Workflow and message, in order. */
  readonly signals: [string, string][] = [];
  readonly calls: string[] = [];
  private readonly line: (StepOf & { runtime: string })[] = [];
  private readonly waiters: { release: string; channel: string; digest: string }[] = [];
  /** Happens before a part of a log is appended. */
  beforeAppend: () => Promise<void> = () => Promise.resolve();
  private readonly clock: { now(): number };
  private readonly faults = new Map<Method, Fault[]>();

  constructor(clock: { now(): number } = new FakeClock()) {
    this.clock = clock;
  }

  /** The next calls of a method meet these, one after the other. */
  fail(method: Method, ...faults: Fault[]): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), ...faults]);
  }

  run(key: RunKey): Run {
    const run = this.runs.get(keyText(key));
    if (!run) throw new Error(`no run ${keyText(key)}`);
    return run;
  }

  instance({ application, service, channel }: Pick<StepOf, 'application' | 'service' | 'channel'>): Instance {
    const name = `${application}/${service}/${channel}`;
    const found = this.instances.get(name) ?? { turns: noTurns, lastRun: 0, epoch: 0 };
    this.instances.set(name, found);
    return found;
  }

  installationId: RunStore['installationId'] = () => this.call('installationId', () => 'installation-1');

  takeTurn: RunStore['takeTurn'] = (input) =>
    this.call('takeTurn', () => {
      const run = this.runs.get(keyText(input.key));
      if (run) return this.known(run);
      const { epoch } = this;
      return this.instance(input.key).epoch < epoch ? { outcome: 'unsure', epoch } : this.ask(input);
    });

  /** Counts how often the store may have forgotten runs. */
  epoch = 0;
  compareInstance: RunStore['compareInstance'] = (key, { epoch, jobs }) =>
    this.call('compareInstance', () => {
      const instance = this.instance(key);
      instance.lastRun = Math.max(instance.lastRun, ...jobs.map(({ of }) => of?.run ?? 0));
      const active = jobs.find((job) => job.active && !this.isKnown(job));
      if (!active) {
        instance.epoch = epoch;
        return undefined;
      }
      const standing = this.turn(key, { type: 'entered', release: key.release });
      if (standing.standing === 'replaced') return { outcome: 'replaced', by: idOf(key, standing.by) };
      return { outcome: 'queued', behind: active.of ? idOf(key, active.of.release) : active.name };
    });

  recordJob: RunStore['recordJob'] = ({ key, uid }) =>
    this.call('recordJob', () => {
      const run = this.run(key);
      run.uid = uid;
      delete run.progress;
    });

  recordProgress: RunStore['recordProgress'] = (key, progress) =>
    this.call('recordProgress', () => {
      this.run(key).progress = progress;
    });

  closeRun: RunStore['closeRun'] = (key) =>
    this.call('closeRun', () => {
      const run = this.runs.get(keyText(key)) ?? this.add(key, {});
      run.closed = true;
      return given({ run: run.run, ended: run.outcome });
    });

  finish: RunStore['finish'] = (input) => this.call('finish', () => this.finished(input));

  /** What the store thinks of a run's plan. */
  isPlanned = true;
  planned: RunStore['planned'] = () => this.call('planned', () => this.isPlanned);
  reenter: RunStore['reenter'] = (input) => this.call('reenter', () => this.reentered(input));
  project: RunStore['project'] = (input) => this.call('project', () => this.projected(input));

  readRequest: RunStore['readRequest'] = ({ requestId, release }) =>
    this.call('readRequest', () => {
      const found = this.requests.get(requestId);
      return found?.release === release ? { request: found } : {};
    });

  logState: RunStore['logState'] = (key, pod) =>
    this.call('logState', () => (this.runs.get(keyText(key))?.log ?? new RunLog()).state(pod));

  appendLog: RunStore['appendLog'] = async (key, part) => {
    await this.beforeAppend();
    return this.call('appendLog', () => {
      const { log, endedAt } = this.runs.get(keyText(key)) ?? this.add(key, {});
      return endedAt === undefined ? log.append(part) : part.offset + part.received;
    });
  };

  logTail: RunStore['logTail'] = (key, lines, maxBytes) =>
    this.call('logTail', () => (this.runs.get(keyText(key))?.log ?? new RunLog()).tail(lines, maxBytes));

  now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  private async call<T>(method: Method, work: () => T): Promise<T> {
    this.calls.push(method);
    const fault = this.faults.get(method)?.shift();
    await Promise.resolve();
    if (fault === 'away') throw new TowpathError('STORE_UNREACHABLE', 'the database did not answer');
    const answer = structuredClone(work());
    if (fault === 'answerLost') throw new TowpathError('STORE_UNREACHABLE', 'the database did not answer');
    return answer;
  }

  private known(run: Run): TurnAndNumber {
    if (run.run !== undefined && run.outcome) return { outcome: 'ended', run: run.run, ...run.outcome };
    const holds = this.instance(run.key).turns.holder === run.key.release;
    if (run.closed || run.run === undefined || !holds) return { outcome: 'closed' };
    return given({ outcome: 'granted' as const, run: run.run, allottedAt: run.allottedAt, uid: run.uid });
  }

  private ask(input: BeginRunInput): TurnAndNumber {
    const { key, releaseDigest, rerun } = input;
    const { release } = key;
    const instance = this.instance(key);
    const { stable } = instance;
    const entered = this.turn(key, { type: 'entered', release });
    if (entered.standing === 'replaced') {
      this.withdraw(key);
      return { outcome: 'replaced', by: idOf(key, entered.by) };
    }
    if (!rerun && stable?.digest === releaseDigest && instance.turns.holder === null) {
      this.turn(key, { type: 'withdrawn', release });
      return { outcome: 'converged', since: stable.since };
    }
    return this.grant(instance, input);
  }

  private grant(instance: Instance, { key, runtime, maxConcurrency: max }: BeginRunInput): TurnAndNumber {
    const { holder } = instance.turns;
    if (max !== undefined && (holder === null || holder === key.release)) {
      const slots = this.slot(key, { runtime, max });
      if (slots) return { outcome: 'queued', slots };
    }
    const standing = this.turn(key, { type: 'asked', release: key.release });
    if (standing.standing === 'queued') return { outcome: 'queued', behind: idOf(key, standing.behind) };
    delete instance.stable;
    const slotOf = max === undefined ? undefined : runtime;
    const { run = 0, allottedAt } = this.add(key, given({ run: ++instance.lastRun, slotOf }));
    return { outcome: 'granted', run, allottedAt };
  }

  private slot(of: RunKey, { runtime, max }: { runtime: string; max: number }): SlotWait | undefined {
    const holders = [...this.runs.values()].filter((run) => run.slotOf === runtime && run.endedAt === undefined);
    if (!this.line.some((each) => isOf(each, of))) this.line.push({ ...of, runtime });
    const before = this.line.filter((each) => each.runtime === runtime).findIndex((each) => isOf(each, of));
    if (holders.length + before < max) {
      this.line.splice(
        this.line.findIndex((each) => isOf(each, of)),
        1,
      );
      if (holders.length + before + 1 < max) this.tellFirst(runtime);
      return undefined;
    }
    const shown = holders.map(({ key, allottedAt }) => ({
      release: idOf(key, key.release),
      channel: key.channel,
      since: allottedAt,
    }));
    return { runtime, max, before, holders: shown.slice(0, 3) };
  }

  private tellFirst(runtime: string | undefined): void {
    const first = this.line.find((each) => each.runtime === runtime);
    if (first) this.signals.push([releaseWorkflowId(idOf(first, first.release)), 'turnChanged']);
  }

  private withdraw(of: StepOf): void {
    const at = this.line.findIndex((each) => isOf(each, of));
    const [gone] = at < 0 ? [] : this.line.splice(at, 1);
    if (gone) this.tellFirst(gone.runtime);
  }

  private add(key: RunKey, more: Partial<Run>): Run {
    const made = { key, closed: false, allottedAt: this.now(), log: new RunLog(), ...more };
    this.runs.set(keyText(key), made);
    return made;
  }

  /** Acts on the change open → ended of its own run; a repeated call answers what is recorded. */
  private finished(input: FinishRunInput): { endedAt: string } {
    const { key, ref, outcome, view } = input;
    const endedAt = this.now();
    const run = key && this.ended(key, ref);
    if (run?.endedAt !== undefined) return { endedAt: run.endedAt };
    if (run && outcome) Object.assign(run, { outcome, endedAt });
    this.tellFirst(run?.slotOf);
    if (run && ref) this.number(run, ref);
    this.settle(input, run ? endedAt : undefined);
    this.write(view);
    return { endedAt };
  }

  /** What the end means for the instance. */
  private settle({ of, ref, turn, stable }: FinishRunInput, since: string | undefined): void {
    const { release } = of;
    const instance = this.instance(of);
    const holds = instance.turns.holder === release;
    const last = this.raisesNumber(instance, ref) || holds;
    this.tellEntrants(of, { forgotten: ref !== undefined && !holds, since });
    if (last && stable && since !== undefined) this.makeStable(of, { ...stable, release, since });
    if (turn === 'keep' || (holds && this.hasOpenRun(of))) return;
    this.turn(of, { type: holds ? 'freed' : 'withdrawn', release });
    this.withdraw(of);
  }

  private tellEntrants(of: StepOf, { forgotten, since }: { forgotten: boolean; since: string | undefined }): void {
    const { entrants } = this.instance(of).turns;
    if (!forgotten || since === undefined) return;
    for (const { release } of entrants) this.signals.push([releaseWorkflowId(idOf(of, release)), 'turnChanged']);
  }

  private isKnown({ of, uid }: FoundJob): boolean {
    const runs = [...this.runs.values()].filter(({ key, run }) => of && run === of.run && key.release === of.release);
    return runs.some(({ key, uid: known = uid }) => known === uid && isSameInstance(key, of as StepOf));
  }

  private ended(key: RunKey, ref: RunRef | undefined): Run | undefined {
    return this.runs.get(keyText(key)) ?? (ref && this.add(key, {}));
  }

  private raisesNumber(instance: Instance, ref: RunRef | undefined): boolean {
    if (!ref || ref.run <= instance.lastRun) return false;
    instance.lastRun = ref.run;
    return instance.turns.holder === null;
  }

  private number(run: Run, ref: RunRef): void {
    if (!this.isTaken(ref)) run.run ??= ref.run;
  }

  private isTaken({ key, run }: RunRef): boolean {
    return [...this.runs.values()].some((other) => other.run === run && isSameInstance(other.key, key));
  }

  private makeStable(of: StepOf, stable: Stable): void {
    this.instance(of).stable = stable;
    for (const { release, channel, digest } of this.waiters)
      if (channel === `${of.application}/${of.service}/${of.channel}` && digest === stable.digest)
        this.signals.push([releaseWorkflowId(release), 'turnChanged']);
  }

  private hasOpenRun({ application, service, channel, release }: StepOf): boolean {
    return [...this.runs.values()].some(
      ({ key, run, endedAt }) =>
        run !== undefined &&
        endedAt === undefined &&
        releaseId(key.application, key.service, key.release) === releaseId(application, service, release) &&
        key.channel === channel,
    );
  }

  private reentered({ application, service, release, channels }: ReenterInput): ReenterAnswer {
    const replaced: ReenterAnswer['replaced'] = {};
    for (const channel of channels) {
      const answer = this.turn({ application, service, channel }, { type: 'entered', release });
      if (answer.standing === 'replaced') replaced[channel] = releaseId(application, service, answer.by);
    }
    return { replaced };
  }

  private projected({ view, entered, watched }: ProjectInput): ProjectAnswer {
    const standings: ProjectAnswer['standings'] = {};
    const newer = this.write(view);
    if (newer !== undefined) return { standings, stable: [], newer };
    const { application, service, number: release } = view;
    for (const { name: channel, status } of view.channels) {
      const of = { application, service, channel };
      const waits = ['WAITING_MANUAL_APPROVAL', 'PENDING', 'QUEUED', 'BLOCKED'].includes(status);
      if (isEnded(status)) {
        if (this.instance(of).turns.holder !== release) this.turn(of, { type: 'withdrawn', release });
        if (status === 'REPLACED') this.withdraw({ ...of, release });
      } else if (waits || entered.includes(channel)) {
        const standing = this.turn(of, { type: 'entered', release });
        standings[channel] =
          standing.standing === 'replaced' ? { standing: 'replaced', by: idOf(of, standing.by) } : { standing: 'keep' };
      }
    }
    return { standings, stable: watched.flatMap((channel) => this.watch(view, channel)) };
  }

  /** Where another release is stable at this content; else the release is told when one is. */
  private watch({ application, service, digest, id }: ReleaseView, channel: string): ProjectAnswer['stable'] {
    const of = { application, service, channel };
    const { stable } = this.instance(of);
    if (stable?.digest === digest) return [{ channel, by: idOf(of, stable.release) }];
    this.waiters.push({ release: id, channel: `${application}/${service}/${channel}`, digest });
    return [];
  }

  /** False for a view that comes late. */
  /** The newer sequence, if there is one. */
  private write(view: ReleaseView): number | undefined {
    const before = this.views.get(view.id)?.sequence ?? 0;
    if (view.sequence > before) this.views.set(view.id, view);
    for (const { requestId = '', counted, why } of view.decisions) {
      const request = this.requests.get(requestId);
      if (request?.release === view.id) request.outcome ??= given({ counted, why });
    }
    return before > view.sequence ? before : undefined;
  }

  private turn(of: Pick<StepOf, 'application' | 'service' | 'channel'>, event: TurnEvent): Standing {
    const instance = this.instance(of);
    const { state, standing, signals } = turns(instance.turns, event);
    instance.turns = state;
    for (const release of signals) this.signals.push([releaseWorkflowId(idOf(of, release)), 'turnChanged']);
    return standing;
  }
}

const isOf = (a: StepOf, b: StepOf): boolean => idOf(a, a.release) === idOf(b, b.release) && a.channel === b.channel;
const isSameInstance = (one: StepOf, other: StepOf): boolean =>
  one.application === other.application && one.service === other.service && one.channel === other.channel;

const keyText = (key: RunKey): string =>
  [key.application, key.service, key.channel, key.release, key.attempt, key.command, key.ordinal].join('/');

const idOf = ({ application, service }: { application: string; service: string }, release: number): string =>
  releaseId(application, service, release);
