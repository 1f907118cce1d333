import { tokenFile } from '../../config/token.js';
import { layout, partNames } from '../../embedded/layout.js';
import { isSupervised, livingParts, maskUrl, readState, type State } from '../../embedded/state.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { StatusAnswer } from '../../server/api.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { machineProblems, partProblems } from '../part-problems.js';
import { partsTable, whereLines } from '../render/parts.js';
import { shortTime } from '../render/time.js';
import { countOf, printable, unknownText } from '../render/text.js';

/** What runs, where, and since when it had to be started again. Exit code 1 unless everything is usable. */
export const command = defineCommand({
  text: 'The exit code is 0 when everything is usable, else 1.',
  async run(context) {
    const read = readState(layout(context.home));
    if (!read) {
      context.answer({ phase: 'stopped' }, () => [`nothing was ever started in ${context.home}`]);
      return 1;
    }
    const shown = await look(context, read);
    const { state, phase, server, problems } = shown;
    context.answer({ ...shownState(state), phase, server, problems }, () => lines(context, shown));
    return phase === 'ready' && problems.length === 0 ? 0 : 1;
  },
});

/** What the supervisor wrote, what this machine says of it, and what the server sees. */
async function look(context: Context, read: State): Promise<Shown> {
  const supervised = isSupervised(read);
  const living = livingParts(read).map(({ name }) => name);
  const state = supervised ? read : leftAlone(read);
  const phase = phaseOf(read, { supervised, living });
  const parts = phase === 'ready' || phase === 'unsupervised' ? partProblems(state, living) : [];
  // A server whose database or Temporal is away answers late, and nothing new.
  const asked = living.includes('server') && parts.length === 0 ? await askServer(context) : {};
  const problems = [...machineProblems(context.home, state, supervised), ...parts, ...serverProblems(asked)];
  return { state, phase, living, server: asked.server, problems };
}

function phaseOf({ phase }: State, { supervised, living }: { supervised: boolean; living: string[] }): string {
  if (supervised) return phase;
  return living.length > 0 ? 'unsupervised' : 'stopped';
}

/** What a supervisor that is gone was about to do happens no more. */
function leftAlone(state: State): State {
  const parts = partNames.map((name) => {
    const { note: _, ...part } = state.parts[name];
    return [name, part.state === 'restarting' || part.state === 'silent' ? { ...part, state: 'ready' } : part];
  });
  return { ...state, parts: Object.fromEntries(parts) as State['parts'] };
}

interface Shown {
  state: State;
  phase: string;
  living: string[];
  server: StatusAnswer | undefined;
  /** Why nothing can be released although processes live. */
  problems: string[];
}

interface Asked {
  server?: StatusAnswer;
  failed?: string;
}

/** A process that lives may be of no use: its own view of the others counts. */
function serverProblems({ server, failed }: Asked): string[] {
  if (failed !== undefined) return [`the server does not answer: ${failed}`];
  if (!server) return [];
  const { store, temporal, workers, clusters } = server;
  const idle = clusters.filter((cluster) => cluster.workers === 0).map(({ name }) => name);
  return [
    ...(store.ok ? [] : [`database: ${store.detail}`]),
    ...(temporal.ok ? [] : [`Temporal: ${temporal.detail}`]),
    ...(workers > 0 || !temporal.ok ? [] : ['no worker runs releases']),
    ...(temporal.ok && workers > 0 ? idle.map((name) => `no worker serves the cluster "${name}"`) : []),
  ];
}

function headline(phase: string, problems: string[], colors: Context['colors']): string[] {
  if (phase !== 'ready') return [colors.yellow(phase), ...problems];
  if (problems.length === 0) return [colors.green('everything runs')];
  return [colors.yellow('not usable'), ...problems];
}

function lines({ home, colors, columns }: Context, { state, phase, living, server, problems }: Shown): string[] {
  const why = phase === 'unsupervised' ? ['`towpath up` takes care of the parts again, `towpath down` ends them'] : [];
  const error = state.error && phase !== 'ready' ? [`${state.error.code}: ${state.error.message}`] : [];
  const clusters = server?.clusters.map(({ name, workers }) => `${name}: ${countOf(workers, 'worker')}`).join(', ');
  return [
    ...headline(phase, problems, colors),
    ...why,
    ...error,
    '',
    ...partsTable(state, living, { colors, columns }),
    '',
    ...whereLines(state, tokenFile(home)),
    `home        ${home}`,
    ...(clusters === undefined || clusters === '' ? [] : [`clusters    ${clusters}`]),
    ...(server ? remarks(server).map(colors.yellow) : []),
  ];
}

/** What the reconciler has seen: nothing is unusable by it. */
function remarks({ poked = [], clusters }: StatusAnswer): string[] {
  const still = poked.map(({ id, at, why }) => `${printable(id)} stood still at ${shortTime(at)}: ${why}`);
  const unknown = clusters.flatMap(({ name, unknownJobs }) =>
    unknownJobs ? [`${name}: ${unknownText(unknownJobs)}`] : [],
  );
  return [...still, ...unknown];
}

async function askServer(context: Context): Promise<Asked> {
  try {
    return { server: await context.localApi().status() };
  } catch (error) {
    if (error instanceof TowpathError) return { failed: error.message };
    throw error;
  }
}

/** Without what is secret: a database URL may hold a password. */
function shownState({ given, ...state }: State): Omit<State, 'phase'> {
  const { databaseUrl } = given;
  return {
    ...state,
    parts: Object.fromEntries(partNames.map((name) => [name, state.parts[name]])) as State['parts'],
    given: { ...given, ...(databaseUrl === undefined ? {} : { databaseUrl: maskUrl(databaseUrl) }) },
  };
}
