import { layout } from '../../embedded/layout.js';
import { livingParts, readState, isSupervised, type State } from '../../embedded/state.js';
import { stopInstallation } from '../../embedded/stop.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { OpenRun } from '../../server/api.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';

/** Ends everything. Refuses while Jobs run, since their programs would be killed half-way. */
export const command = defineCommand<{ force?: boolean }>({
  options: [['--force', 'also while Jobs run: their runs end DISRUPTED']],
  text: 'What was stored stays, and `towpath up` goes on where this ended. Jobs on a cluster of your own run on.',
  async run(context, _, { force }) {
    const state = readState(layout(context.home));
    if (state && !force) await refuseWhileJobsRun(context, state);
    if (state && (isSupervised(state) || livingParts(state).length > 0)) context.io.err('ending everything …');
    const { outcome, orphans } = await stopInstallation(context.home);
    if (orphans.length > 0) context.io.err(`ended without a supervisor: ${orphans.join(', ')}`);
    context.answer({ outcome }, () => [outcome === 'stopped' ? 'everything has ended' : 'nothing was running']);
    return 0;
  },
});

async function refuseWhileJobsRun(context: Context, state: State): Promise<void> {
  const living = livingParts(state).map(({ name }) => name);
  // A cluster of somebody else's goes on without us, and so do its Jobs.
  if (!living.includes('cluster')) return;
  const runs = await openRuns(context);
  if (runs.length === 0) return;
  for (const { release, channel, run, command: name, job } of runs)
    context.io.err(`  ${release} ${channel}: run ${run} (${name})${job ? `, Job ${job.namespace}/${job.name}` : ''}`);
  const count = runs.length === 1 ? 'a run goes' : `${runs.length} runs go`;
  throw new TowpathError('JOBS_RUNNING', `${count} on, and would end DISRUPTED`, {
    hint: 'wait for the end, or give --force',
  });
}

async function openRuns(context: Context): Promise<OpenRun[]> {
  try {
    return await context.localApi().openRuns();
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    const who = error.code === 'STORE_UNREACHABLE' ? 'database' : 'server';
    if (who === 'server' && error.code !== 'NOT_RUNNING') throw error;
    throw new TowpathError('NOT_RUNNING', `the ${who} does not answer, so nobody can say whether Jobs run`, {
      hint: '--force ends everything all the same',
      cause: error,
    });
  }
}
