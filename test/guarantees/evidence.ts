import type { RunSummary } from '../../src/server/api.js';
import { until } from '../real/until.js';
import { ledger } from './documents.js';
import { ask, read } from './releases.js';
import type { Stack } from './stack.js';

/** The longest wait is for an attempt of a dead worker to be given up. */
const healedMs = 200_000;

/** What a program prints that is left alone. */
const whole = 'begun\ndone\n';

/** What can be seen from outside of the releases of a service. */
export interface Evidence {
  releases: { id: string; status: string; decisions: string[] }[];
  /** Run numbers of the Jobs that the API server ever had. */
  jobs: string[];
  runs: string[];
  ledger: string[];
  logs: string[];
}

/** Once all are over. */
export async function evidence(stack: Stack, service: string, numbers: number[]): Promise<Evidence> {
  const found: Evidence = { releases: [], jobs: [], runs: [], ledger: [], logs: [] };
  for (const number of numbers) {
    const id = `${service}/${number}`;
    const view = await until(
      `${id} is over`,
      async () => {
        const now = await read(stack, id);
        // One that failed stays open for a retry.
        return now.endedAt !== undefined || now.status === 'FAILED' ? now : undefined;
      },
      { withinMs: healedMs, everyMs: 200 },
    );
    const decisions = view.decisions.map(({ decision, counted, requestId }) => `${decision} ${requestId}: ${counted}`);
    found.releases.push({ id, status: view.status, decisions });
    await addRuns(stack, id, found);
  }
  await stack.jobs.catchUp();
  const name = service.slice(service.indexOf('/') + 1);
  found.jobs = stack.jobs
    .of(name)
    .map(({ run }) => run)
    .sort();
  found.ledger = ledger(stack, name);
  return found;
}

async function addRuns(stack: Stack, id: string, found: Evidence): Promise<void> {
  for (const { channel, run, state, code } of await ask<RunSummary[]>(stack, { path: `/api/v1/releases/${id}/runs` })) {
    found.runs.push(`${run} of ${id}: ${state} ${code}`);
    const log = await stack.http.open({ path: `/api/v1/releases/${id}/runs/${channel}/${run}/log` });
    found.logs.push(await log.text());
  }
}

/** Runs whose program the embedded cluster lost: it is API server and node in one, and its death is that of both. */
export const disrupted = ({ runs }: Evidence): number[] =>
  runs.flatMap((run) => (run.endsWith(' DISRUPTED') ? [Number.parseInt(run, 10)] : []));

/** How far a lost program came, and how much of that was read, is open; that nothing of it happened twice is not. */
export function withoutPrograms(seen: Evidence, open: number[]): Evidence {
  const ofOpen = (line: string): boolean => open.some((run) => line.startsWith(`run ${run} `));
  const once = seen.ledger.filter((line, index) => !ofOpen(line) || seen.ledger.indexOf(line) < index);
  const logs = seen.logs.filter((log, index) => !open.includes(index + 1) || !/^(begun\n|$)/.test(log));
  return { ...seen, ledger: once, logs };
}

export interface Expected {
  service: string;
  numbers: number[];
  cancelled: boolean;
  disrupted: number[];
  /** Runs of which `withoutPrograms` has left out what their programs did. */
  open: number[];
}

/** As if nothing had been killed: one Job a run, whose program began and ended once, and each request counted once. */
export function expected({ service, numbers, cancelled, disrupted: lost, open }: Expected): Evidence {
  const status = cancelled ? 'CANCELLED' : 'CONVERGED';
  const code = cancelled ? 'CANCELLED_BY_USER' : 'SUCCEEDED';
  const request = cancelled ? ['cancel'] : service.startsWith('gated/') ? ['approve'] : [];
  const releases = numbers.map((number) => ({ number, id: `${service}/${number}`, ended: !lost.includes(number) }));
  const kept = releases.filter(({ number }) => !open.includes(number));
  return {
    releases: releases.map(({ id, ended }) => ({
      id,
      status: ended ? status : 'FAILED',
      decisions: request.map((what) => `${what} ${what} of ${id}: true`),
    })),
    jobs: numbers.map(String),
    runs: releases.map(({ number, id, ended }) => `${number} of ${id}: ended ${ended ? code : 'DISRUPTED'}`),
    ledger: kept.flatMap(({ number, id }) =>
      (cancelled ? ['begins'] : ['begins', 'ends']).map((what) => `run ${number} of ${id} ${what}`),
    ),
    logs: kept.map(() => (cancelled ? 'begun\nended\n' : whole)),
  };
}
