import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** A Job that the API server says it has created. */
export interface CreatedJob {
  uid: string;
  labels: Record<string, string>;
}

interface AuditEvent {
  stage: string;
  responseStatus?: { code?: number };
  responseObject?: { metadata?: { uid?: string; labels?: Record<string, string> } };
}

/** Reads the audit log of the API server from where it was read last. */
export class AuditLog {
  private readonly file: string;
  private offset = 0;
  private rest = '';
  /** Answers 201 to creates of Jobs, tombstones apart. */
  readonly created: CreatedJob[] = [];

  constructor(file: string) {
    this.file = file;
  }

  read(): void {
    if (!existsSync(this.file)) return;
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

  private take(line: string): void {
    // The API server may have been killed in the middle of a line, and goes on behind it.
    const begin = line.lastIndexOf('{"kind":"Event"');
    if (begin < 0) return;
    const { stage, responseStatus, responseObject } = JSON.parse(line.slice(begin)) as AuditEvent;
    if (stage !== 'ResponseComplete' || responseStatus?.code !== 201) return;
    const { uid, labels = {} } = responseObject?.metadata ?? {};
    if (uid !== undefined && labels['towpath.dev/tombstone'] === undefined) this.created.push({ uid, labels });
  }
}
