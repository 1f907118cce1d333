import { isDeepStrictEqual } from 'node:util';
import { byAge } from '../../src/activities/look.js';
import type { Changes, JobGateway, LogReading, LogRead, ObservedJob, ObservedPod } from '../../src/activities/ports.js';
import type { FailureCode } from '../../src/release/failures.js';
import { TowpathError } from '../../src/release/towpath-error.js';
import { FakeCluster, type FakeJob, type FakePod } from './cluster.js';

const installationLabel = 'towpath.dev/installation';

type Method = Exclude<keyof JobGateway, 'watch'>;

/** `answerLost`: what was asked for happens, and then the connection breaks. */
type Fault = FailureCode | 'answerLost';

/** A JobGateway on a cluster in memory. The contract that it keeps is test/kubernetes/gateway-contract.ts. */
export class FakeGateway implements JobGateway {
  readonly cluster: FakeCluster;
  /** Every call, in order: `deleteJob ns/name`. */
  readonly calls: string[] = [];
  /** Watches are open and say nothing. */
  silentWatches = false;
  /** What the watches have shown of a Job by its uid; nothing unless said, so that everything is read. */
  shown: (uid: string) => ReturnType<Changes['shown']> = () => undefined;
  /** Lists that need not be the latest show no pod yet. */
  lateLists = false;
  /** Followed logs stay open and bring nothing more. */
  deafLogs = false;
  /** So many readings end in good order half way, as when the connection of an API server to the kubelet breaks. */
  cutLogs = 0;
  /** Happens after a log was read to its end: a node may end it before the last lines. */
  afterLogEnd: () => void = () => undefined;
  /** Happens before a call is made. */
  before: (method: Method) => Promise<void> | void = () => undefined;
  /** Of a list of Jobs. */
  pieceSize = 250;
  /** Watches that nobody has closed. */
  openWatches = 0;
  private readonly faults = new Map<Method, Fault[]>();

  constructor(cluster = new FakeCluster()) {
    this.cluster = cluster;
  }

  /** The next calls of a method meet these, one after the other. */
  fail(method: Method, ...faults: Fault[]): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), ...faults]);
  }

  ensureNamespace: JobGateway['ensureNamespace'] = ({ name, managed }, { installation, runtime }) =>
    this.call('ensureNamespace', name, () => {
      const found = this.cluster.namespaces.get(name);
      if (!managed) return this.needNamespace(name);
      if (!found) {
        const ours = { 'app.kubernetes.io/managed-by': 'towpath', [installationLabel]: installation };
        this.cluster.namespace(name, { ...ours, 'towpath.dev/runtime': runtime });
      } else if (found.labels[installationLabel] !== installation) {
        throw new TowpathError('NAMESPACE_NOT_OURS', `namespace "${name}" exists and is not ours`);
      } else if (found.deleting) {
        throw new TowpathError('RUNTIME_UNREACHABLE', `namespace "${name}" is being deleted`);
      }
    });

  ensurePullSecret: JobGateway['ensurePullSecret'] = (namespace, { from, as }, installation) =>
    this.call('ensurePullSecret', `${namespace}/${as}`, () => {
      const source = this.cluster.secrets.get(`${from.namespace}/${from.name}`);
      if (!source) throw new TowpathError('SPEC_REFUSED', `Secret ${from.namespace}/${from.name} does not exist`);
      if (source.type !== 'kubernetes.io/dockerconfigjson')
        throw new TowpathError('SPEC_REFUSED', `${from.name} is not of type kubernetes.io/dockerconfigjson`);
      const copy = this.cluster.secrets.get(`${namespace}/${as}`);
      if (copy && copy.labels[installationLabel] !== installation)
        throw new TowpathError('SPEC_REFUSED', `Secret ${namespace}/${as} is not ours`);
      this.needNamespace(namespace);
      const { type, data } = source;
      if (copy?.type === type && isDeepStrictEqual(copy.data, data)) return;
      const labels = { 'app.kubernetes.io/managed-by': 'towpath', [installationLabel]: installation };
      this.cluster.secrets.set(`${namespace}/${as}`, { type, data, labels, version: this.cluster.nextVersion() });
    });

  createJob: JobGateway['createJob'] = (namespace, manifest) => {
    const name = String((manifest['metadata'] as { name: string }).name);
    return this.call('createJob', `${namespace}/${name}`, () => {
      this.needNamespace(namespace);
      const { containers } = (manifest['spec'] as { template: { spec: { containers?: unknown[] } } }).template.spec;
      if (!containers?.length) throw new TowpathError('SPEC_REFUSED', 'spec.template.spec.containers: Required value');
      if (this.cluster.jobs.has(`${namespace}/${name}`)) return 'exists' as const;
      return this.observe(this.cluster.createJob(namespace, manifest));
    });
  };

  readJob: JobGateway['readJob'] = (namespace, name) =>
    this.call('readJob', `${namespace}/${name}`, () => {
      const job = this.cluster.jobs.get(`${namespace}/${name}`);
      return job && this.observe(job);
    });

  listPods: JobGateway['listPods'] = (namespace, jobUid, _, { from, name } = {}) =>
    this.call(
      'listPods',
      `${namespace}/${jobUid}${name === undefined ? '' : ' by name'}${from === undefined ? '' : ' from the cache'}`,
      () => {
        const shown = from !== undefined && this.lateLists ? [] : this.cluster.podsOf(jobUid);
        const items = shown.filter((pod) => name === undefined || pod.name === name).map(observePod);
        return { items, resourceVersion: String(this.cluster.nextVersion()) };
      },
    );

  listJobs: JobGateway['listJobs'] = ({ installation, instance }, from = '') =>
    this.call('listJobs', installation, () => {
      const rest = [...this.cluster.jobs.entries()]
        .filter(([, { labels }]) => labels['app.kubernetes.io/managed-by'] === 'towpath')
        .filter(([at, { labels }]) => labels[installationLabel] === installation && at > from)
        .filter(([, { labels }]) => !instance || isOf(labels, instance))
        .sort(([one], [other]) => (one < other ? -1 : 1));
      const piece = rest.slice(0, this.pieceSize);
      const items = piece.map(([, job]) => this.observe(job));
      const [last = ''] = piece.at(-1) ?? [];
      return rest.length > piece.length ? { items, next: last } : { items };
    });

  watch: JobGateway['watch'] = ({ uid }): Changes => {
    this.openWatches++;
    let open = true;
    // A change wakes once, whether it is looked at or believed.
    let heard = { job: 0, pods: 0 };
    return {
      next: async (seen, waitMs, signal) => {
        const until = this.cluster.clock.now() + waitMs;
        while (!signal.aborted && this.cluster.clock.now() < until) {
          const now = this.cluster.changesOf(uid);
          const news =
            now.job > Math.max(Number(seen.job) || Infinity, heard.job) ||
            now.pods > Math.max(Number(seen.pods), heard.pods);
          if (!this.silentWatches && news) {
            heard = now;
            return;
          }
          await this.cluster.changed(until - this.cluster.clock.now(), signal);
        }
      },
      shown: () => this.shown(uid),
      ended: () => {
        const ended = this.cluster.podsOf(uid).filter(({ main }) => main?.exitCode !== undefined);
        const removed = this.cluster.removed.filter((pod) => pod.jobUid === uid);
        return this.silentWatches ? undefined : [...removed, ...ended].map(observePod).toSorted(byAge).at(-1);
      },
      close: () => {
        if (open) this.openWatches--;
        open = false;
      },
    };
  };

  readLog: JobGateway['readLog'] = async (reading) => {
    reading.signal.throwIfAborted();
    const pod = await this.call('readLog', `${reading.namespace}/${reading.pod} from ${reading.offset}`, () =>
      this.cluster.pods.get(`${reading.namespace}/${reading.pod}`),
    );
    if (!pod?.main?.started) return 'none';
    reading.onOpen?.();
    const read = await this.read(pod, reading);
    if (read === 'end') this.afterLogEnd();
    return read;
  };

  readSecret: JobGateway['readSecret'] = (namespace, name) =>
    this.call('readSecret', `${namespace}/${name}`, () => {
      const { data } = this.cluster.secrets.get(`${namespace}/${name}`) ?? {};
      if (!data) return undefined;
      return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
    });

  deleteJob: JobGateway['deleteJob'] = (namespace, name, uid) =>
    this.call('deleteJob', `${namespace}/${name}`, () => {
      const job = this.cluster.jobs.get(`${namespace}/${name}`);
      if (job?.uid === uid) this.cluster.deleteJob(job);
    });

  deletePod: JobGateway['deletePod'] = (namespace, name, uid) =>
    this.call('deletePod', `${namespace}/${name}`, () => {
      const pod = this.cluster.pods.get(`${namespace}/${name}`);
      if (pod?.uid === uid) this.cluster.terminate(pod);
    });

  setTtl: JobGateway['setTtl'] = ({ namespace, name, uid }, seconds) =>
    this.call('setTtl', `${namespace}/${name} ${seconds}`, () => {
      const job = this.cluster.jobs.get(`${namespace}/${name}`);
      if (job?.uid === uid) job.ttl = seconds;
    });

  missingRights: JobGateway['missingRights'] = () => this.call('missingRights', '', () => []);

  ping: JobGateway['ping'] = () => this.call('ping', '', () => undefined);

  warnings: JobGateway['warnings'] = (namespace, jobUid) =>
    this.call('warnings', `${namespace}/${jobUid}`, () => {
      const pods = this.cluster.podsOf(jobUid).map((pod) => pod.uid);
      const uids = pods.length === 0 ? [jobUid] : pods;
      return this.cluster.events.flatMap(({ uid, text }) => (uids.includes(uid) ? text : [])).slice(-5);
    });

  private async call<T>(method: Method, what: string, work: () => T): Promise<T> {
    this.calls.push(`${method} ${what}`);
    const fault = this.faults.get(method)?.shift();
    await this.before(method);
    if (fault !== undefined && fault !== 'answerLost') throw new TowpathError(fault, `${method}: a fault`);
    const answer = work();
    if (fault === 'answerLost') throw new TowpathError('RUNTIME_UNREACHABLE', `${method}: the answer was lost`);
    return answer;
  }

  private needNamespace(name: string): void {
    const found = this.cluster.namespaces.get(name);
    if (!found || found.deleting) throw new TowpathError('NAMESPACE_MISSING', `namespace "${name}" does not exist`);
  }

  private async read(pod: FakePod, { offset, follow, silenceMs, signal, onText }: LogReading): Promise<LogRead> {
    const { clock } = this.cluster;
    let at = offset;
    if (!follow && this.cutLogs-- > 0) {
      await onText(pod.log.subarray(at, Math.ceil((at + pod.log.length) / 2)));
      return 'end';
    }
    for (let quiet = clock.now() + silenceMs; clock.now() < quiet;) {
      signal.throwIfAborted();
      const text = this.deafLogs && follow ? Buffer.alloc(0) : pod.log.subarray(at);
      if (text.length > 0) {
        await onText(text);
        at += text.length;
        quiet = clock.now() + silenceMs;
      } else if (!follow || this.hasEnded(pod)) return at > pod.log.length ? 'short' : 'end';
      else await this.cluster.changed(quiet - clock.now(), signal);
    }
    return 'silent';
  }

  private hasEnded(pod: FakePod): boolean {
    const running = pod.main?.exitCode === undefined && this.cluster.pods.has(`${pod.namespace}/${pod.name}`);
    return !running && !this.deafLogs;
  }

  private observe(job: FakeJob): ObservedJob {
    const { clock } = this.cluster;
    const seen: Partial<FakeJob> = { ...job };
    delete seen.manifest;
    delete seen.ttl;
    const resourceVersion = String(this.cluster.changesOf(job.uid).job);
    return structuredClone({ ...(seen as typeof job), resourceVersion, readAt: clock.iso() });
  }
}

const isOf = (labels: Record<string, string>, of: { application: string; service: string; channel: string }): boolean =>
  labels['towpath.dev/application'] === of.application &&
  labels['towpath.dev/service'] === of.service &&
  labels['towpath.dev/release-channel'] === of.channel;

function observePod(pod: FakePod): ObservedPod {
  const seen: Partial<FakePod> = { ...pod };
  for (const mine of ['namespace', 'jobUid', 'manifest', 'log'] as const) delete seen[mine];
  return structuredClone(seen as ObservedPod);
}
