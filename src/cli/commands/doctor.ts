import { clusterRole } from '../../config/cluster-rights.js';
import { settingSources } from '../../config/settings.js';
import { clockFinding } from '../../embedded/doctor/given.js';
import { diagnose } from '../../embedded/doctor/diagnose.js';
import { fail, ok, warn, type Finding } from '../../embedded/doctor/finding.js';
import { layout } from '../../embedded/layout.js';
import { isSupervised, livingParts, maskUrl, readState, type State } from '../../embedded/state.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { StatusAnswer } from '../../server/api.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { findServer } from '../connection.js';
import { partProblems } from '../part-problems.js';
import { countOf, printable, unknownText } from '../render/text.js';
import { table } from '../render/table.js';
import { shortTime } from '../render/time.js';

/** Looks at everything that Towpath needs, and says how to mend what is missing. */
export const command = defineCommand<{ adoptTemporal?: boolean; restored?: boolean }>({
  options: [
    [
      '--adopt-temporal',
      'take the present Temporal for the right one, after its data was lost; see the finding about it',
    ],
    ['--restored', 'say that the database was restored from a backup, with all workers stopped'],
  ],
  text: 'Exit code 1 when something that is needed is missing; a warning is no failure.',
  async run(context, _, { adoptTemporal, restored }) {
    const { home, env } = context;
    if (adoptTemporal) await adopt(context);
    if (restored) await tellRestored(context);
    const findings = [...(await diagnose(home, env)), ...(await serverFindings(context))];
    const settings = readSources(context);
    context.answer({ findings, settings }, () => [
      ...findingLines(findings, context),
      '',
      ...table(
        ['SETTING', 'VALUE', 'FROM'],
        settings.map(({ key, text, source }) => [key, text, source]),
        context,
      ),
    ]);
    return findings.some(({ level }) => level === 'fail') ? 1 : 0;
  },
});

const adoption =
  'connect the one that they are on; or, when its data is lost for good, `towpath doctor --adopt-temporal`: ' +
  'releases that it does not know are ended then, with their Jobs';

async function adopt(context: Context): Promise<void> {
  const { namespaceId } = await (await context.api()).adoptTemporal();
  context.io.err(`adopted: Temporal namespace ${namespaceId}; what it does not know is ended within minutes`);
}

async function tellRestored(context: Context): Promise<void> {
  const { io, colors } = context;
  const { epoch, instances, workers, forgotten } = await (await context.api()).databaseRestored();
  io.err(`epoch ${epoch} has begun: before its next run each instance is compared with the Jobs on its cluster`);
  io.err(`instances that the database knows: ${instances}; numbers of runs go on above those of their Jobs`);
  if (workers > 0)
    io.err(
      colors.yellow(
        `${countOf(workers, 'worker')} asked for work within the last minute: what was begun since the restore is not compared`,
      ),
    );
  if (forgotten.length === 0) return;
  io.err(
    colors.yellow('these releases run in Temporal, and the database does not know them: nothing new starts for them'),
  );
  for (const id of forgotten.slice(0, 20)) io.err(`  ${printable(id)}`);
  if (forgotten.length > 20) io.err(`  and ${forgotten.length - 20} more`);
}

function findingLines(findings: readonly Finding[], { colors }: Context): string[] {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red };
  const width = Math.max(...findings.map(({ what }) => what.length));
  return findings.flatMap(({ level, what, detail, repair }) => {
    const line = `${paint[level](level.padEnd(4))}  ${what.padEnd(width)}  ${detail}`;
    return repair === undefined || repair === '' ? [line] : [line, `${' '.repeat(width + 8)}→ ${repair}`];
  });
}

function readSources({ home, env }: Context): ReturnType<typeof settingSources> {
  try {
    return settingSources(home, env).map((each) =>
      each.key === 'databaseUrl' ? { ...each, text: maskUrl(each.text) } : each,
    );
  } catch (error) {
    // That the settings cannot be read is among the findings.
    if (error instanceof TowpathError) return [];
    throw error;
  }
}

async function serverFindings(context: Context): Promise<Finding[]> {
  const { home, env } = context;
  const elsewhere = (env['TOWPATH_SERVER'] ?? '') !== '' || context.server !== undefined;
  if (!elsewhere) {
    const running = readState(layout(home));
    if (!isSupervised(running)) return [warn('server', 'does not run here', '`towpath up` starts everything')];
    const away = partFindings(running);
    // What the server says of the others would come late, and say the same.
    if (away.length > 0) return away;
  }
  try {
    const { url } = await findServer({ home, env, ...(context.server === undefined ? {} : { asked: context.server }) });
    const { version, store, temporal, workers, clusters, ...seen } = await (await context.api()).status();
    return [
      ok('server', `${version} at ${url}`),
      ...(await clockOf(url)),
      state('database', store, 'see the log of the server'),
      temporalState(temporal),
      served('workflows', workers),
      ...reconcilerFindings(seen),
      ...clusters.flatMap((cluster) => [clusterFinding(cluster), ...unknownJobs(cluster)]),
    ];
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    return [fail('server', `${error.code}: ${error.message}`, error.hint ?? 'see the log of the server')];
  }
}

function partFindings(running: State): Finding[] {
  if (running.phase !== 'ready') return [];
  const living = livingParts(running).map(({ name }) => name);
  return partProblems(running, living).map((problem) => fail('part', problem, '`towpath status` shows all of them'));
}

const state = (what: string, { ok: good, detail }: { ok: boolean; detail: string }, repair: string): Finding =>
  good ? ok(`server: ${what}`, detail) : fail(`server: ${what}`, detail, repair);

/** What the reconciler has seen. */
const reconcilerFindings = ({ epoch, poked = [] }: Pick<StatusAnswer, 'epoch' | 'poked'>): Finding[] => [
  ...(epoch ? [ok('database: epoch', `${epoch.number}, since ${shortTime(epoch.at)}: ${epoch.why}`)] : []),
  ...poked.map(pokedFinding),
];

/** It goes on; that it had to be told is worth a look. */
const pokedFinding = ({ id, at, why }: NonNullable<StatusAnswer['poked']>[number]): Finding =>
  warn(
    `release ${printable(id)}`,
    `stood still at ${shortTime(at)}: ${why}`,
    'it was told to go on; see `towpath releases why`',
  );

const temporalState = (temporal: StatusAnswer['temporal']): Finding =>
  state('Temporal', temporal, temporal.foreign ? adoption : 'see the log of the server');

const served = (what: string, workers: number): Finding =>
  workers > 0
    ? ok(what, countOf(workers, 'worker'))
    : fail(what, 'no worker', 'start one that can reach it; see the log of the worker');

/** A cluster with its workers, whether it answers, and what they may not do there. */
function clusterFinding({ name, workers, trouble, missing = [] }: StatusAnswer['clusters'][number]): Finding {
  const what = `cluster ${name}`;
  if (trouble !== undefined) return fail(what, trouble, 'see the kubeconfig of the worker, and the cluster');
  if (workers === 0 || missing.length === 0) return served(what, workers);
  const role = clusterRole().replaceAll('\n', '\n    ');
  return warn(
    what,
    `its worker may not, in all namespaces: ${missing.join(', ')}`,
    `bind this role to the user of its kubeconfig, or the same rights in the namespaces of its Jobs:\n    ${role}`,
  );
}

/** Left alone, whatever they are: people decide. */
function unknownJobs({ name, unknownJobs: unknown }: StatusAnswer['clusters'][number]): Finding[] {
  if (!unknown) return [];
  const repair =
    'after a restored database they are of releases that it has forgotten; look at them, and delete what nobody needs';
  return [warn(`cluster ${name}`, unknownText(unknown), repair)];
}

async function clockOf(url: string): Promise<Finding[]> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) });
    await answer.arrayBuffer();
    return clockFinding('the server', answer.headers.get('date') ?? undefined);
  } catch (error) {
    return [warn('clock', `the server did not say its time: ${String(error)}`, 'try again')];
  }
}
