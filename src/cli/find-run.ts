import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
import type { RunSummary } from '../server/api.js';
import type { Api } from './api.js';
import type { Context } from './context.js';
import { isOver } from './exit-code.js';

export interface WantedRun {
  id: string;
  /** In any channel when it is not said. */
  channel: string | undefined;
  run?: string;
  command?: string;
  /** Wait for one that has not begun. */
  follow?: boolean;
}

/** The run that people mean: the newest one that fits what they said. */
export async function findRun(context: Context, api: Api, wanted: WantedRun): Promise<RunSummary> {
  for (;;) {
    const run = newest(await api.runs(wanted.id, wanted.channel), wanted);
    if (run) return run;
    const view = await api.release(wanted.id);
    if (!wanted.follow || wanted.run !== undefined || isOver(view)) throw noRun(wanted, view.status);
    await delay(context.pollMs, undefined, { signal: context.signal });
  }
}

const newest = (runs: RunSummary[], { run, command }: WantedRun): RunSummary | undefined =>
  runs
    .filter((each) => (run === undefined || each.run === Number(run)) && (command ?? each.command) === each.command)
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0];

function noRun({ id, channel, run, command }: WantedRun, status: string): TowpathError {
  const which = [run === undefined ? '' : ` ${run}`, command === undefined ? '' : ` of ${command}`].join('');
  const where = channel === undefined ? '' : ` in ${channel}`;
  return new TowpathError('NOT_FOUND', `release ${id} has no run${which}${where}; it is ${status}`, {
    hint: `towpath releases get ${id} shows its runs`,
  });
}
