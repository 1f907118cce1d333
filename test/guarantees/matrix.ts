import type { PartName } from '../../src/embedded/layout.js';

/** What is done to a part: as the table heads it, and as a title says it. One round each, in this order. */
export const faults = {
  server: { column: 'server', title: 'kill -9 of the server' },
  postgres: { column: 'PostgreSQL', title: 'kill -9 of PostgreSQL' },
  temporal: { column: 'Temporal', title: 'kill -9 of Temporal' },
  cluster: { column: 'API server', title: 'kill -9 of the API server' },
  connection: { column: 'way to the API server', title: 'loss of the way to the API server' },
  worker: { column: 'worker', title: 'kill -9 of the worker' },
} as const satisfies Record<PartName | 'connection', { column: string; title: string }>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as FaultName[];

/** Where a release is when a part is killed: how a title says it, and what exactly is the case. */
export const phases = {
  starting: {
    title: 'while releases are started',
    text: 'Requests to start five services are sent shortly after each other; the kill comes when the first was answered',
  },
  waiting: { title: 'while a release waits for its gate', text: 'Nothing runs; the approval comes after the kill' },
  deciding: {
    title: 'while approvals are given',
    text: 'Approvals of five releases are sent shortly after each other; the kill comes when the first was answered',
  },
  queued: {
    title: 'while a release is queued behind another',
    text: 'The Job of an earlier release of the service runs, and ends after the kill',
  },
  creating: {
    title: 'before the Job is created',
    text: 'The run has its number, and the request that creates its Job is under way; it arrives after the kill',
  },
  created: {
    title: 'after the Job was created, and before that is known',
    text: "The Job's program runs already, and the answer to the request that created it is under way",
  },
  running: { title: 'while a Job runs', text: 'The program ends once the part is back' },
  ending: {
    title: 'while a Job runs that ends before the part is back',
    text: 'The program ends right after the kill',
  },
  collecting: {
    title: 'while the outcome of a Job is recorded',
    text: 'The Job is over, and the transaction that records it is under way',
  },
  cancelling: {
    title: 'while releases are cancelled',
    text: 'Five releases whose Jobs run are cancelled shortly after each other; the kill comes when the first was answered',
  },
} as const satisfies Record<string, { title: string; text: string }>;

export type PhaseName = keyof typeof phases;
export const phaseNames = Object.keys(phases) as PhaseName[];

/** The name of the test of one cell. */
export const titleOf = (phase: PhaseName, fault: FaultName): string => `${faults[fault].title} ${phases[phase].title}`;
