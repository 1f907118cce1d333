import { bigint, bigserial, boolean, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import type { FramedResult } from '../activities/ports.js';
import type { ChannelValues } from '../config/plan.js';
import type { Json, ReleasePlan } from '../release/plan.js';
import type { FoundJob } from '../release/reconciling.js';
import type { RunProgress, StoredRequest } from '../release/steps.js';
import type { Entrant } from '../release/turns.js';
import type { ReleaseView, RunEnd } from '../release/view.js';
import type { OutboxRow } from '../server/ports.js';
import { at, bytea, json, text } from './columns.js';

/** One row: who we are on a shared cluster. */
export const installation = pgTable('installation', {
  id: text('id').primaryKey(),
  /** The Temporal namespace that releases were started in. */
  temporalNamespace: text('temporal_namespace'),
  /** Of the database that this was stored in: after a restore or a failover it is another one. */
  databaseIdentity: text('database_identity'),
  /** Counts how often the database may have forgotten runs. */
  epoch: integer('epoch').notNull().default(0),
  epochAt: at('epoch_at'),
  epochWhy: text('epoch_why'),
});

/** What each worker serves, as it says every few seconds. */
export const servedClusters = pgTable(
  'served_clusters',
  {
    worker: text('worker').notNull(),
    cluster: text('cluster').notNull(),
    serves: boolean('serves').notNull(),
    trouble: text('trouble'),
    /** Rights that the worker does not have on the cluster. */
    missing: json('missing').$type<readonly string[]>().notNull().default([]),
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.worker, table.cluster] })],
);

/** What was found when the Jobs of a cluster were looked through last. */
export const sweptClusters = pgTable('swept_clusters', {
  cluster: text('cluster').primaryKey(),
  sweptAt: at('swept_at').notNull().defaultNow(),
  /** How many Jobs are of no run; `unknown` has the first of them. */
  unknownCount: integer('unknown_count').notNull(),
  unknown: json('unknown').$type<FoundJob[]>().notNull(),
});

/** Every version of every configuration document; a deletion is one too, so that numbers never turn back. */
export const configs = pgTable(
  'configs',
  {
    kind: text('kind').notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    document: json('document').$type<Json>().notNull(),
    text: text('text').notNull(),
    digest: text('digest').notNull(),
    deleted: boolean('deleted').notNull().default(false),
    appliedBy: text('applied_by').notNull(),
    appliedAt: at('applied_at').notNull().defaultNow(),
    /** Where the text came from, such as a git commit; null where nobody said. */
    source: text('source'),
    /** The version whose text a revert brought back. */
    revertedTo: integer('reverted_to'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.key, table.version] })],
);

/** Counters that never turn back; rows are never deleted. */
export const services = pgTable(
  'services',
  {
    application: text('application').notNull(),
    service: text('service').notNull(),
    lastRelease: integer('last_release').notNull().default(0),
    lastVersion: integer('last_version').notNull().default(0),
    /** The version that was pushed or released last: the next one starts from its values. */
    latestVersion: integer('latest_version'),
  },
  (table) => [primaryKey({ columns: [table.application, table.service] })],
);

/** Service versions by content: equal content, equal number. */
export const versions = pgTable(
  'versions',
  {
    application: text('application').notNull(),
    service: text('service').notNull(),
    contentDigest: text('content_digest').notNull(),
    number: integer('number').notNull(),
    /** One of those that the document had this content in. */
    configVersion: integer('config_version'),
    values: json('parameter_values').$type<ChannelValues>(),
  },
  (table) => [primaryKey({ columns: [table.application, table.service, table.contentDigest] })],
);

export const releases = pgTable('releases', {
  id: text('id').primaryKey(),
  application: text('application').notNull(),
  service: text('service').notNull(),
  number: integer('number').notNull(),
  digest: text('digest').notNull(),
  version: integer('version').notNull(),
  versionName: text('version_name').notNull(),
  requestedBy: text('requested_by').notNull(),
  rerun: boolean('rerun').notNull(),
  /** The key that it was asked for with. */
  startKey: text('start_key'),
  plan: json('plan').$type<ReleasePlan>().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  startedAt: at('started_at'),
  /** Of the projection. */
  sequence: integer('sequence').notNull().default(0),
  projectedAt: at('projected_at'),
  /** When the reconciler told it last to look around, and why. */
  pokedAt: at('poked_at'),
  pokedWhy: text('poked_why'),
  view: json('view').$type<ReleaseView>().notNull(),
});

/** The same key is the same release, also after a lost answer (docs/spec.md §9.12). */
export const startKeys = pgTable(
  'start_keys',
  {
    application: text('application').notNull(),
    service: text('service').notNull(),
    key: text('key').notNull(),
    requestDigest: text('request_digest').notNull(),
    release: text('release').notNull(),
  },
  (table) => [primaryKey({ columns: [table.application, table.service, table.key] })],
);

/** One service in one channel: the turn, the run counter, what is stable. Rows are never deleted. */
export const instances = pgTable(
  'instances',
  {
    application: text('application').notNull(),
    service: text('service').notNull(),
    channel: text('channel').notNull(),
    lastRun: integer('last_run').notNull().default(0),
    holder: integer('holder'),
    newest: integer('newest').notNull().default(0),
    entrants: json('entrants').$type<Entrant[]>().notNull().default([]),
    stableRelease: integer('stable_release'),
    stableVersion: text('stable_version'),
    stableDigest: text('stable_digest'),
    stableSince: at('stable_since'),
    /** The last one that it was compared with its cluster in. */
    epoch: integer('epoch').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.application, table.service, table.channel] })],
);

/** One row a run key; a key that was closed before a number was allotted has none. */
export const runs = pgTable('runs', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  application: text('application').notNull(),
  service: text('service').notNull(),
  channel: text('channel').notNull(),
  release: integer('release').notNull(),
  attempt: integer('attempt').notNull(),
  command: text('command').notNull(),
  ordinal: integer('ordinal').notNull(),
  run: integer('run'),
  state: text('state').$type<'open' | 'ended'>().notNull(),
  /** `endRun` closed it: nothing is created any more. */
  closed: boolean('closed').notNull().default(false),
  code: text('code'),
  cluster: text('cluster'),
  /** The runtime that it holds a slot of until it has ended (docs/spec.md §8.5). */
  slotOf: text('slot_of'),
  end: json('run_end').$type<RunEnd>(),
  namespace: text('namespace'),
  name: text('name'),
  uid: text('uid'),
  progress: json('progress').$type<RunProgress>(),
  allottedAt: at('allotted_at').notNull().defaultNow(),
  endedAt: at('ended_at'),
  /** Bytes of log that were stored, before the middle was dropped. */
  logBytes: bigint('log_bytes', { mode: 'number' }).notNull().default(0),
  /** Uids of the pods that have logged: each has replaced the one before. */
  logPods: json('log_pods').$type<string[]>().notNull().default([]),
  /** Bytes of the last pod's log that they stand for. */
  logReceived: bigint('log_received', { mode: 'number' }).notNull().default(0),
  /** SHA-256 of the log as readers get it, once the run has ended. */
  logSha256: text('log_sha256'),
  /** What the program framed in its log. */
  framed: json('framed').$type<FramedResult>(),
  /** Of a row in `results` that this run keeps. */
  resultDigest: text('result_digest'),
});

/** A runtime whose apply Jobs are counted: its row is locked, after the instance's, by whoever takes or frees a slot. */
export const slots = pgTable('slots', { runtime: text('runtime').primaryKey() });

/** Who waits for a slot, first come, first served. */
export const slotWaiters = pgTable(
  'slot_waiters',
  {
    id: bigserial('id', { mode: 'number' }).notNull(),
    runtime: text('runtime').notNull(),
    application: text('application').notNull(),
    service: text('service').notNull(),
    channel: text('channel').notNull(),
    release: integer('release').notNull(),
    since: at('since').notNull().defaultNow(),
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.application, table.service, table.channel, table.release] })],
);

/** Large results, by the SHA-256 of their JSON: equal ones of many runs are one. */
export const results = pgTable('results', {
  digest: text('digest').primaryKey(),
  body: bytea('body').notNull(),
  storedAt: at('stored_at').notNull().defaultNow(),
});

/** `start` is the offset of the chunk in the log as it is stored, with what was dropped. */
export const logChunks = pgTable(
  'log_chunks',
  {
    runId: bigint('run_id', { mode: 'number' }).notNull(),
    start: bigint('start', { mode: 'number' }).notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.start] })],
);

/** What authenticated people asked for, stored before it is sent. */
export const requests = pgTable('requests', {
  id: text('id').primaryKey(),
  release: text('release').notNull(),
  kind: text('kind').$type<StoredRequest['kind']>().notNull(),
  channel: text('channel').notNull(),
  /** Of a decision. */
  gate: text('gate'),
  decision: text('decision').$type<'approve' | 'reject'>(),
  by: text('by').notNull(),
  reason: text('reason'),
  releaseDigest: text('release_digest').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  /** True once a signal is in the outbox for it. */
  signalled: boolean('signalled').notNull().default(false),
  counted: boolean('counted'),
  why: text('why'),
});

/** Releases to tell when an instance that they do not take themselves becomes stable at a digest. */
export const stableWaiters = pgTable(
  'stable_waiters',
  {
    release: text('release').notNull(),
    application: text('application').notNull(),
    service: text('service').notNull(),
    channel: text('channel').notNull(),
    digest: text('digest').notNull(),
  },
  (table) => [primaryKey({ columns: [table.release, table.channel] })],
);

/** Signals to deliver, written in the transaction that caused them. */
export const outbox = pgTable('outbox', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  workflowId: text('workflow_id').notNull(),
  message: text('message').$type<OutboxRow['message']>().notNull(),
  payload: json('payload').$type<Json>(),
  sentAt: at('sent_at'),
});
