import type { IncomingMessage } from 'node:http';
import type { DecisionAnswer, StartAnswer } from '../../src/server/api.js';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { killsNode } from './expected.js';
import { executions, letEnd, mend } from './program.js';
import { roles, type Role, type RoleName, type Step } from './roles.js';
import { points, subjects, type PlannedFault, type Point, type Schedule } from './schedule.js';
import type { Stack } from './stack.js';
import { strike } from './strike.js';

const healedMs = 240_000;

/** A release, and what was asked of it. */
export interface Released {
  id: string;
  requests: string[];
}

/** What a schedule has done to its releases. */
export interface Played {
  releases: Map<RoleName, Released>;
  /** Steps that could not be taken. */
  stuck: string[];
}

type Act = Role & { name: RoleName };

interface Play {
  stack: Stack;
  schedule: Schedule;
  reached: Record<Point, { promise: Promise<void>; open: () => void }>;
  /** Resolves at the first answer to a request that was sent as the fault struck. */
  answered: { promise: Promise<void>; open: () => void };
  played: Played;
  /** How many roles have not yet taken what comes before the fault. */
  preparing: Set<RoleName>;
}

function opening(): { promise: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

/** Brings the releases to where the schedule wants them, lets the faults happen, and goes on until all was asked. */
export async function play(stack: Stack, schedule: Schedule): Promise<Played> {
  const reached = Object.fromEntries(points.map((point) => [point, opening()])) as Play['reached'];
  const played: Played = { releases: new Map(), stuck: [] };
  const preparing = new Set(
    roles.filter(({ name }) => schedule.steps[name].includes('before')).map(({ name }) => name),
  );
  const now: Play = { stack, schedule, reached, answered: opening(), played, preparing };
  const hold = holdSubject(now);
  reached.before.open();
  const acts = Promise.all(roles.map((role) => act(now, role)));
  try {
    await until('all releases are where they are to be at the fault', () => preparing.size === 0, {
      withinMs: 120_000,
    });
    if (hold) await holding(now, hold);
    await faultsPass(now, hold);
  } finally {
    hold?.release();
    for (const point of points) reached[point].open();
  }
  await acts;
  return played;
}

async function faultsPass(now: Play, hold: Hold | undefined): Promise<void> {
  const { stack, schedule, reached, answered } = now;
  reached.at.open();
  const sent = roles.some(({ name }) => schedule.steps[name].includes('at'));
  if (sent && schedule.aim === 'answered') await answered.promise;
  const [first, ...rest] = schedule.faults;
  const over = first && (await strike(stack, first));
  reached.during.open();
  if (schedule.releasedAt === 'during') hold?.release();
  if (first) await programEnds(now, first);
  await over?.();
  for (const fault of rest) await (await strike(stack, fault))();
  reached.after.open();
}

/** A program that is to end unobserved ends before the fault is over, unless it is lost with its node. */
async function programEnds({ stack, schedule: { phase }, played }: Play, fault: PlannedFault): Promise<void> {
  if (phase !== 'finished-unobserved' || killsNode(fault)) return;
  const { id } = released(played, subjects[phase]);
  const ended = (): boolean => executions(stack, id).some(({ what }) => what === 'end');
  await until('its program has ended', ended, { withinMs: 30_000 });
}

type Hold = ReturnType<Stack['fronts']['worker-api']['hold']>;

function holdSubject({ stack, schedule: { phase } }: Play): Hold | undefined {
  if (phase !== 'before-create' && phase !== 'created-unacknowledged') return undefined;
  const creates = ({ method, url }: IncomingMessage, body: Buffer): boolean =>
    method === 'POST' &&
    /^\/apis\/batch\/v1\/namespaces\/[^/]+\/jobs(\?|$)/.test(url ?? '') &&
    body.includes(`"towpath.dev/service":"${subjects[phase]}"`);
  return stack.fronts['worker-api'].hold(creates, phase === 'before-create' ? 'request' : 'answer');
}

async function holding({ stack, schedule, played }: Play, hold: Hold): Promise<void> {
  await until('the create of its Job is held', hold.holds);
  if (schedule.phase === 'before-create') return;
  const { id } = released(played, subjects[schedule.phase]);
  await until('its program runs', () => executions(stack, id).length > 0);
}

function released({ releases }: Played, role: RoleName): Released {
  const found = releases.get(role);
  if (!found) throw new Error(`${role} was not started`);
  return found;
}

/** Takes the steps of one release, each at its point. */
async function act(now: Play, role: Act): Promise<void> {
  try {
    for (const [index, step] of role.steps.entries()) if (!(await takeAt(now, role, { index, step }))) break;
  } catch (error) {
    now.played.stuck.push(`${role.name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    now.preparing.delete(role.name);
    if (now.schedule.steps[role.name].includes('at')) now.answered.open();
  }
}

async function takeAt(now: Play, role: Act, { index, step }: { index: number; step: Step }): Promise<boolean> {
  const point = now.schedule.steps[role.name][index] ?? 'after';
  if (point !== 'before') now.preparing.delete(role.name);
  await now.reached[point].promise;
  const taken = await take(now, role, step);
  if (point === 'at') now.answered.open();
  // What is held at the API server does not get any further.
  const goesOn = role.name !== 'held' && point === 'before' && step === 'start';
  if (taken && goesOn) await settled(now, role);
  return taken;
}

/** False when the release has ended otherwise, so that there is nothing to ask any more. */
async function take(now: Play, role: Act, step: Step): Promise<boolean> {
  const { stack, schedule, played } = now;
  if (step === 'start') {
    if (role.behind !== undefined) await behind(now, role.behind as RoleName);
    const key = `${schedule.seed}-${schedule.index}-${role.name}`;
    const service = `${role.application}/${role.service}`;
    const { id } = await stack.ask<StartAnswer>('/api/v1/releases', { service, key, rerun: true });
    played.releases.set(role.name, { id, requests: [] });
    return true;
  }
  const { id, requests } = released(played, role.name);
  if (step === 'letEnd') {
    letEnd(stack, id);
    return true;
  }
  if (!(await settled(now, role))) return false;
  if (step === 'retry') mend(stack, id);
  const requestId = `${step} of ${id}`;
  const { outcome, why = '' } = await stack.ask<DecisionAnswer>(...asked(id, step, requestId));
  if (outcome === 'refused') throw new Error(`${requestId} was refused: ${why}`);
  requests.push(requestId);
  return true;
}

function asked(id: string, step: Step, requestId: string): [path: string, body: unknown] {
  const at = `/api/v1/releases/${id}`;
  if (step === 'cancel' || step === 'retry') return [`${at}/commands`, { kind: step, requestId }];
  return [`${at}/decisions`, { channel: 'production', decision: step, reason: 'as scheduled', requestId }];
}

/** A release that is queued must be the later one, and a later one that comes too early replaces the earlier. */
async function behind({ stack, played }: Play, other: RoleName): Promise<void> {
  await until(`${other} was started`, () => played.releases.has(other), { withinMs: healedMs });
  await begunOrOver(stack, released(played, other).id);
}

const begunOrOver = (stack: Stack, id: string): Promise<unknown> =>
  until(
    `${id} runs`,
    async () => {
      if (executions(stack, id).length > 0) return true;
      const { status } = await stack.ask<ReleaseView>(`/api/v1/releases/${id}`);
      return status === 'FAILED';
    },
    { withinMs: healedMs, everyMs: 250 },
  );

/** Waits until the release is where its next step finds it; false when it has ended before. */
async function settled({ stack, played }: Play, role: Act): Promise<boolean> {
  const { id } = released(played, role.name);
  if (role.program === 'long') {
    if (role.behind === undefined) await begunOrOver(stack, id);
    return true;
  }
  if (role.application === 'plain' && role.program === 'short') return true;
  const wanted = role.program === 'failing' ? 'FAILED' : 'WAITING_MANUAL_APPROVAL';
  const how = await until(
    `${id} is ${wanted}`,
    async () => {
      const { status, endedAt } = await stack.ask<ReleaseView>(`/api/v1/releases/${id}`);
      if (status === wanted) return 'there';
      return endedAt === undefined && status !== 'FAILED' ? undefined : 'ended';
    },
    { withinMs: healedMs, everyMs: 250 },
  );
  return how === 'there';
}
