import { cells, faultName, faults, type Cell, type Fault, type Phase } from './cells.js';
import { refusals, type Refusal } from './front.js';
import { roles, type RoleName } from './roles.js';
import { seeded, type Seeded } from './seeded.js';

/** When a step is taken: before the fault, as it strikes, while it lasts, or when it is over. */
export const points = ['before', 'at', 'during', 'after'] as const;
export type Point = (typeof points)[number];

export interface PlannedFault {
  fault: Fault;
  /** How long what does not come back by itself lasts. */
  lastsMs: number;
  /** Of 5xx. */
  status: Refusal;
}

/** One run of the harness, decided before it begins: what fails, when, and when each release is asked for what. */
export interface Schedule {
  seed: string;
  index: number;
  phase: Phase;
  /** The second strikes when the first is over. */
  faults: PlannedFault[];
  /** Whether the fault waits for the answer to one of the requests that are sent as it strikes. */
  aim: 'sent' | 'answered';
  /** When what is held at the API server goes on. */
  releasedAt: 'during' | 'after';
  steps: Record<RoleName, Point[]>;
}

/** The release that the fault is aimed at, in each phase. */
export const subjects = {
  'before-create': 'held',
  'created-unacknowledged': 'held',
  running: 'long',
  'finished-unobserved': 'long',
  waiting: 'approved',
  cancelling: 'cancelled',
} as const satisfies Record<Phase, RoleName>;

/** The schedule of an index: every cell comes once in as many as there are cells. */
export function schedule(seed: string, index: number): Schedule {
  const round = Math.floor(index / cells.length);
  const order = seeded(seed, 'order', round).shuffle(cells);
  return scheduleOf(order[index % cells.length] as Cell, { seed, index });
}

/** A schedule of a cell. */
export function scheduleOf({ fault, phase }: Cell, { seed, index }: { seed: string; index: number }): Schedule {
  const random = seeded(seed, index);
  const second = random.int(5) === 0 ? [planned(random.pick(faults), random)] : [];
  const steps = Object.fromEntries(
    roles.map(({ name, steps: { length } }) => [name, stepsOf(length, seeded(seed, index, name))]),
  ) as Schedule['steps'];
  steps[subjects[phase]] = aimed(phase, random);
  const runs = steps.long[0] ?? 'before';
  steps.queued = steps.queued.map((point) => later(point, runs));
  return {
    seed,
    index,
    phase,
    faults: [planned(fault, random), ...second],
    aim: random.pick(['sent', 'answered']),
    releasedAt: random.pick(['during', 'after']),
    steps,
  };
}

function planned(fault: Fault, random: Seeded): PlannedFault {
  return { fault, lastsMs: random.pick([500, 2000, 2000, 6000, 6000, 18_000]), status: random.pick(refusals) };
}

/** Points in order; a release that is started late is asked for the rest later. */
function stepsOf(count: number, random: Seeded): Point[] {
  const all: Point[] = [];
  let first = 0;
  for (let step = 0; step < count; step++) {
    first += random.int(points.length - first);
    all.push(points[first] as Point);
  }
  return all;
}

const later = (one: Point, other: Point): Point => (points.indexOf(one) < points.indexOf(other) ? other : one);

function aimed(phase: Phase, random: Seeded): Point[] {
  switch (phase) {
    case 'before-create':
    case 'created-unacknowledged':
      return ['before'];
    case 'running':
      return ['before', 'after'];
    case 'finished-unobserved':
      return ['before', 'during'];
    case 'waiting':
      return ['before', random.pick(['during', 'after'])];
    case 'cancelling':
      return ['before', 'at'];
  }
}

/** In a line, for people. */
export function describe({ index, phase, faults: all, aim, releasedAt }: Schedule): string {
  const what = all.map(({ fault, lastsMs, status }) => {
    const lasts = 'how' in fault && fault.how === 'kill' ? '' : ` for ${lastsMs} ms`;
    return `${faultName(fault)}${fault.how === '5xx' ? ` (${status})` : ''}${lasts}`;
  });
  return `${index}: ${what.join(', then ')} | ${phase} | ${aim}, released ${releasedAt}`;
}
