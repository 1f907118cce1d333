import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { linked } from './abort.js';
import type { Api } from './api.js';
import { statusOf } from './errors.js';
import { openStream } from './stream.js';

/** How long a watch is kept open; the API server ends it, and we do when it does not. */
const watchSeconds = 60;
const headersMs = 15_000;
/** A watch that ends at once, again and again, must not keep everybody busy: it is opened later each time. */
const shortMs = 5_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** Objects that were shown last are kept, by what they belong to: who begins to follow one need not read it. */
const mostKept = 1000;
/** So many of the oldest are looked at when one comes: more than one, so that those that nobody follows become fewer. */
const lookedAt = 3;
/** Those who are told that a watch has broken look again, and not all at the same moment. */
const spreadMs = 1000;

/** A version that the server does not remember: that of a Job that has not changed for long is one sooner or later. */
const tooOld = 410;

export interface Shown<T> {
  object: T;
  deleted: boolean;
}

/** Told of every change of what it follows, and that the watch is interrupted. */
export interface Follower<T> {
  /** Opens the watch, if nobody has, from a version that was seen. */
  open(resourceVersion: string): void;
  /** True when the watch was opened by somebody else after `since` (of `performance.now()`): changes before that were not shown. */
  openedAfter(since: number): boolean;
  isOpen(): boolean;
  /** As they were shown last; nothing while the watch is interrupted. */
  shown(): Shown<T>[];
  leave(): void;
}

interface Watched<T> {
  path: string;
  labelSelector: string;
  /** What an object belongs to. */
  keyOf: (object: T) => string | undefined;
  /** How long the watch stays open when nobody follows anything. */
  lingerMs: number;
}

/**
 * One watch of a kind in a namespace, shared by all who follow an object there: a connection, and not one for each run. A
 * watch that ends in good order is opened again where it ended; any other end interrupts it, and everybody looks again.
 */
export class SharedWatch<T extends KubernetesObject> {
  private readonly followers = new Map<string, Set<() => void>>();
  private readonly kept = new Map<string, Map<string, Shown<T>>>();
  private stream: AbortController | undefined;
  /** The server has begun to answer: of what changes from now on nothing is left out. */
  private answered = false;
  private openedAt = 0;
  private version = '';
  /** The server has refused to go on from a version: the next watch begins with everything as it is. */
  private refused = false;
  private short = 0;
  private notBefore = 0;
  private lingering: NodeJS.Timeout | undefined;
  private readonly api: Api;
  private readonly of: Watched<T>;

  constructor(api: Api, of: Watched<T>) {
    this.api = api;
    this.of = of;
  }

  /** True when everything that changes from now on will be shown, unless the watch is interrupted. */
  listens(): boolean {
    return this.stream !== undefined && this.answered;
  }

  follow(key: string, heard: () => void): Follower<T> {
    clearTimeout(this.lingering);
    const mine = this.followers.get(key) ?? new Set();
    this.followers.set(key, mine.add(heard));
    return {
      open: (resourceVersion) => this.open(resourceVersion),
      isOpen: () => this.stream !== undefined,
      openedAfter: (since) => this.stream !== undefined && this.openedAt > since,
      shown: () => (this.stream ? [...(this.kept.get(key)?.values() ?? [])] : []),
      leave: () => {
        mine.delete(heard);
        if (mine.size === 0 && this.followers.get(key) === mine) this.followers.delete(key);
        if (this.followers.size === 0) this.linger();
      },
    };
  }

  private linger(): void {
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.stream?.abort(), this.of.lingerMs).unref();
  }

  private open(resourceVersion: string): void {
    if (this.stream || performance.now() < this.notBefore) return;
    const mine = new AbortController();
    this.stream = mine;
    this.openedAt = performance.now();
    this.version = this.refused ? '' : resourceVersion;
    this.refused = false;
    void this.listen(mine.signal).then(() => this.interrupted());
  }

  /** Never rejects. One watch after the other, as long as each ends in good order. */
  private async listen(signal: AbortSignal): Promise<void> {
    for (;;) {
      const since = performance.now();
      const end = await this.hear(signal).catch((error: unknown) => {
        this.refused ||= statusOf(error) === tooOld;
        return 'broken';
      });
      this.short = performance.now() - since < shortMs ? this.short + 1 : 0;
      if (end === 'broken' || signal.aborted) return;
      await delay(this.pauseMs(), undefined, { signal }).catch(() => undefined);
    }
  }

  private pauseMs(): number {
    return this.short === 0 ? 0 : Math.min(firstPauseMs * 2 ** this.short, longestPauseMs) * (0.75 + Math.random() / 2);
  }

  private interrupted(): void {
    this.stream = undefined;
    this.answered = false;
    this.kept.clear();
    const pauseMs = this.pauseMs();
    this.notBefore = performance.now() + pauseMs;
    for (const heard of [...this.followers.values()].flatMap((each) => [...each]))
      setTimeout(heard, pauseMs + Math.random() * Math.min(spreadMs, this.followers.size * 10)).unref();
  }

  private async hear(signal: AbortSignal): Promise<'broken' | 'over'> {
    const { controller, unlink } = linked(signal);
    const tooLong = setTimeout(() => controller.abort(), (watchSeconds + 15) * 1000).unref();
    try {
      return await this.events(controller.signal);
    } finally {
      clearTimeout(tooLong);
      unlink();
      controller.abort();
    }
  }

  private async events(signal: AbortSignal): Promise<'broken' | 'over'> {
    const { path, labelSelector } = this.of;
    const bounds = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(watchSeconds) };
    const query = { labelSelector, ...bounds, resourceVersion: this.version };
    const answer = await openStream(this.api, { path, query, headersMs, signal });
    this.answered = true;
    // Whoever waits for something here has a timer of its own.
    answer.socket.unref();
    let rest = '';
    for await (const piece of answer.setEncoding('utf8')) {
      const lines = (rest + String(piece)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (!this.take(line)) return 'broken';
    }
    return 'over';
  }

  /** False for what ends a watch: an error, such as a version that is too old, or a line that may hide an event. */
  private take(line: string): boolean {
    const event = eventIn<T>(line);
    const { type, object } = event ?? {};
    if (type === 'ERROR') this.refused = true;
    if (type === undefined || object === undefined || type === 'ERROR') return false;
    this.version = object.metadata?.resourceVersion ?? this.version;
    if (type === 'BOOKMARK') return true;
    const key = this.of.keyOf(object);
    if (key === undefined) return true;
    this.keep(key, { object, deleted: type === 'DELETED' });
    for (const heard of this.followers.get(key) ?? []) heard();
    return true;
  }

  private keep(key: string, shown: Shown<T>): void {
    const { metadata } = shown.object;
    delete metadata?.managedFields;
    const all = this.kept.get(key) ?? new Map<string, Shown<T>>();
    // The newest last: the oldest goes first when there are too many.
    this.kept.delete(key);
    this.kept.set(key, all.set(metadata?.uid ?? '', shown));
    for (let nth = 0; nth < lookedAt && this.kept.size > mostKept; nth++) this.passOldest();
  }

  /** Away with it, or to the end of the row when it is followed. */
  private passOldest(): void {
    for (const [oldest, shown] of this.kept) {
      this.kept.delete(oldest);
      if (this.followers.has(oldest)) this.kept.set(oldest, shown);
      return;
    }
  }
}

function eventIn<T>(line: string): { type?: string; object?: T } | undefined {
  try {
    return (JSON.parse(line) as { type?: string; object?: T } | null) ?? undefined;
  } catch {
    return undefined;
  }
}
