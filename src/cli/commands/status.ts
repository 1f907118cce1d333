import { tokenFile } from '../../config/token.js';
import { layout, partNames } from '../../embedded/layout.js';
import { isSupervised, livingParts, maskUrl, readState, type State } from '../../embedded/state.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { StatusAnswer } from '../../server/api.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { partsTable, whereLines } from '../render/parts.js';
import { countOf } from '../render/text.js';

/** What runs, where, and since when it had to be started again. Exit code 1 unless everything is usable. */
export const command = defineCommand({
  text: 'The exit code is 0 when everything is usable, else 1.',
  async run(context) {
    const state = readState(layout(context.home));
    if (!state) {
      context.answer({ phase: 'stopped' }, () => [`nothing was ever started in ${context.home}`]);
      return 1;
    }
    const supervised = isSupervised(state);
    const living = livingParts(state).map(({ name }) => name);
    const phase = supervised ? state.phase : living.length > 0 ? 'unsupervised' : 'stopped';
    const asked = living.includes('server') ? await askServer(context) : {};
    const shown = { state, phase, living, server: asked.server, problems: problemsOf(asked) };
    const { server, problems } = shown;
    context.answer({ ...shownState(state), phase, server, problems }, () => lines(context, shown));
    return phase === 'ready' && problems.length === 0 ? 0 : 1;
  },
});

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
function problemsOf({ server, failed }: Asked): string[] {
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
  if (phase !== 'ready') return [colors.yellow(phase)];
  if (problems.length === 0) return [colors.green('everything runs')];
  return [colors.yellow('not usable'), ...problems];
}

function lines({ home, colors }: Context, { state, phase, living, server, problems }: Shown): string[] {
  const why = phase === 'unsupervised' ? ['`towpath up` takes care of the parts again, `towpath down` ends them'] : [];
  const error = state.error && phase !== 'ready' ? [`${state.error.code}: ${state.error.message}`] : [];
  const clusters = server?.clusters.map(({ name, workers }) => `${name}: ${countOf(workers, 'worker')}`).join(', ');
  return [
    ...headline(phase, problems, colors),
    ...why,
    ...error,
    '',
    ...partsTable(state, living, colors),
    '',
    ...whereLines(state, tokenFile(home)),
    `home        ${home}`,
    ...(clusters === undefined || clusters === '' ? [] : [`clusters    ${clusters}`]),
  ];
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
