import { TowpathError } from '../release/towpath-error.js';
import type { RunEnd, RunResult } from '../release/view.js';
import type { JobEnd } from './job-end.js';
import type { JobGateway, ObservedPod, SecretRef } from './ports.js';
import { Redactor } from './redaction.js';

/** The Secrets that the pods of one run get, for what they print. Nothing of them is kept longer than an attempt. */
export class Secrets {
  /** What is not hidden, and why; set once the Secrets of a pod were read. */
  warning: string | undefined;
  private readonly gateway: JobGateway;
  private readonly namespace: string;
  private readonly redactors = new Map<string, Redactor>();

  constructor(gateway: JobGateway, namespace: string) {
    this.gateway = gateway;
    this.namespace = namespace;
  }

  /** A cluster that does not answer is an error: nothing is to be stored before it is known what to hide. */
  async redactorFor({ uid, secrets = [] }: Pick<ObservedPod, 'uid' | 'secrets'>): Promise<Redactor> {
    const known = this.redactors.get(uid);
    if (known) return known;
    const made = new Redactor(await this.valuesOf(secrets));
    this.redactors.set(uid, made);
    return made;
  }

  /** The end of a run without them: its result may have come by a file. */
  async leftOut(end: RunEnd, pod: ObservedPod | undefined): Promise<RunEnd> {
    if (!pod || !end.result) return end;
    const redactor = await this.redactorFor(pod);
    const warnings = [...new Set([...end.warnings, this.warning])].filter((each) => each !== undefined);
    return { ...end, result: redactor.json(end.result) as RunResult, warnings };
  }

  /** The same for a run that is ended whatever cannot be read: what is not known to be free of them is not kept. */
  async leftOutOrDropped(end: RunEnd, pod: ObservedPod | undefined): Promise<RunEnd> {
    try {
      return await this.leftOut(end, pod);
    } catch (error) {
      if (!(error instanceof TowpathError) || error.code !== 'RUNTIME_UNREACHABLE') throw error;
      const { result: _, ...rest } = end;
      return { ...rest, warnings: [...end.warnings, unredacted] };
    }
  }

  /** The same, and the sentence, which may quote what could not be started. */
  async leftOutOfAll({ code, sentence, end }: JobEnd, pod: ObservedPod | undefined): Promise<JobEnd> {
    if (!pod) return { code, sentence, end };
    const redactor = await this.redactorFor(pod);
    return { code, sentence: redactor.text(sentence), end: await this.leftOut(end, pod) };
  }

  private async valuesOf(refs: SecretRef[]): Promise<Buffer[]> {
    const values: Buffer[] = [];
    const unread: string[] = [];
    for (const name of new Set(refs.map((ref) => ref.name))) {
      const mine = refs.filter((ref) => ref.name === name);
      const data = await this.read(name);
      if (data === 'forbidden' || (!data && !mine.every(({ optional }) => optional))) unread.push(name);
      else values.push(...mine.flatMap((ref) => chosen(ref, data ?? {})));
    }
    if (unread.length > 0) this.warning = warningOf(unread);
    return values;
  }

  private async read(name: string): Promise<Record<string, Buffer> | 'forbidden' | undefined> {
    try {
      return await this.gateway.readSecret(this.namespace, name);
    } catch (error) {
      if (!(error instanceof TowpathError) || error.code !== 'RUNTIME_FORBIDDEN') throw error;
      return 'forbidden';
    }
  }
}

const unredacted = 'the result was not kept: the Secrets whose values had to be left out could not be read';

const chosen = ({ keys }: SecretRef, data: Record<string, Buffer>): Buffer[] =>
  Object.entries(data).flatMap(([key, value]) => ((keys?.includes(key) ?? true) ? [value] : []));

const warningOf = (names: string[]): string =>
  `values of ${names.length === 1 ? 'Secret' : 'Secrets'} ${names.join(', ')} may be in the log and the result: ` +
  'the worker could not read them to leave them out (right: get secrets)';
