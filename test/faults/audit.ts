import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

type Labels = Record<string, string>;

/** A Job that the API server says it has created. */
export interface CreatedJob {
  uid: string;
  labels: Labels;
}

interface JobObject {
  metadata?: { uid?: string; labels?: Labels };
}

interface AuditEvent {
  stage: string;
  responseStatus?: { code?: number };
  requestObject?: JobObject;
  responseObject?: JobObject;
}

/** Reads the audit log of the API server from where it was read last. */
export class AuditLog {
  private readonly file: string;
  private offset = 0;
  private rest = '';
  /** Answers 201 to creates of Jobs, tombstones apart. */
  readonly created: CreatedJob[] = [];
  /** Of creates that ended neither with 201 nor with a refusal: what they asked for may have been stored all the same. */
  private readonly unsettled: Labels[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** To be called once the API server has run: it makes the file as it starts. */
  read(): void {
    if (!existsSync(this.file)) throw new Error(`the API server writes no audit log: ${this.file} is missing`);
    const { size } = statSync(this.file);
    const bytes = Buffer.alloc(size - this.offset);
    const fd = openSync(this.file, 'r');
    readSync(fd, bytes, 0, bytes.length, this.offset);
    closeSync(fd);
    this.offset = size;
    const lines = `${this.rest}${bytes.toString('utf8')}`.split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.take(line);
  }

  /** Those that were created with all of these labels. */
  createdWith(wanted: Labels): CreatedJob[] {
    return this.created.filter(({ labels }) => has(labels, wanted));
  }

  /**
   * Of the Jobs with these labels that are known otherwise, those whose 201 the log should have and has not.
   *
   * The handler of the request writes it, once the Job is stored. So one that stands still, or whose answer nobody hears, writes it
   * nevertheless. There is none for a Job whose request was given up by its sender while etcd was at it: that one ends with
   * another code. Nor may there be one for a Job that was stored as the API server was killed, which only the caller knows.
   */
  withoutRecord(wanted: Labels, known: readonly string[]): string[] {
    if (this.unsettled.some((labels) => has(labels, wanted))) return [];
    const recorded = this.createdWith(wanted).map(({ uid }) => uid);
    return known.filter((uid) => !recorded.includes(uid));
  }

  private take(line: string): void {
    // The API server may have been killed in the middle of a line, and goes on behind it.
    const begin = line.lastIndexOf('{"kind":"Event"');
    if (begin < 0) return;
    const event = JSON.parse(line.slice(begin)) as AuditEvent;
    if (event.stage === 'ResponseComplete' || event.stage === 'Panic') this.settle(event);
  }

  private settle({ responseStatus, requestObject, responseObject }: AuditEvent): void {
    const code = responseStatus?.code;
    if (isRefusal(code)) return;
    const { uid, labels = {} } = (code === 201 ? responseObject : requestObject)?.metadata ?? {};
    if (labels['towpath.dev/tombstone'] !== undefined) return;
    if (code !== 201) this.unsettled.push(labels);
    else if (uid !== undefined) this.created.push({ uid, labels });
  }
}

const isRefusal = (code = 0): boolean => code >= 400 && code < 500;

const has = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);
