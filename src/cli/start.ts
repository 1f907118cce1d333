import { randomUUID } from 'node:crypto';
import { TowpathError } from '../release/towpath-error.js';
import type { StartAnswer, StartBody } from '../server/api.js';
import type { Api } from './api.js';
import { channelNames } from './channel-names.js';
import type { Option } from './command.js';
import type { Context } from './context.js';
import { parametersByChannel, parameters } from './parameters.js';
import { printable } from './render/text.js';
import { defaultTimeout, parseTimeout, waitForRelease } from './wait.js';

/** What `services push`, `releases start` and `releases plan` have in common: which version, and where to. */
export interface ContentOptions {
  param?: string[];
  paramByReleaseChannel?: string[];
  channels?: string;
  app?: string;
  /** Of `releases start` and `releases plan` only. */
  version?: string;
}

export interface StartOptions extends ContentOptions {
  rerun?: boolean;
  key?: string;
  wait?: boolean;
  waitChannel?: string;
  timeout?: string;
  fast?: boolean;
  autoRollback?: boolean;
}

export const contentOptions: readonly Option[] = [
  ['--param <name=value>', 'a value of a parameter; may be repeated', 'list'],
  ['--param-by-release-channel <channel=name=value>', 'the same for one channel; may be repeated', 'list'],
  ['--channels <a,b>', 'take these channels only; all unless said'],
  ['--app <name>', 'the application, where several have such a service'],
];

export const versionOption: Option = [
  '--version <version>',
  'an existing version, by number or name, instead of a new one; without --param',
];

export const startOptions: readonly Option[] = [
  ...contentOptions,
  ['--rerun', 'also when this version is released already'],
  ['--key <text>', 'the same key is the same release, however often it is asked for'],
  ['--wait', 'until it has ended; exit codes as of `releases wait`'],
  ['--wait-channel <a,b>', 'the same, for these channels only'],
  ['--timeout <duration>', `of the wait; ${defaultTimeout} unless said, 0 for no limit`],
  ['--fast', 'refused: it does not act yet'],
  ['--auto-rollback', 'refused: it does not act yet'],
];

/** What the options ask for, as the API takes it. */
export const contentOf = (
  service: string,
  { param, paramByReleaseChannel, channels, app, version }: ContentOptions,
): StartBody => ({
  service,
  parameters: parameters(param ?? []),
  parametersByChannel: parametersByChannel(paramByReleaseChannel ?? []),
  ...(channels === undefined ? {} : { channels: channelNames('--channels', channels) }),
  ...(app === undefined ? {} : { application: app }),
  ...(version === undefined ? {} : { version }),
});

/** Starts a release, says so, and waits for it when that is asked for. Answers the exit code. */
export async function startRelease(context: Context, service: string, options: StartOptions): Promise<number> {
  const body = contentOf(service, options);
  const wait = waitOf(options, body.channels);
  refuseInactive(options);
  const api = await context.api();
  // A key even when nobody gave one: an answer that was lost on the way is asked for again, and is the same release.
  const key = options.key ?? randomUUID();
  const started = await api.start({ ...body, ...(options.rerun ? { rerun: true } : {}), key });
  say(context, started, { quiet: wait !== undefined });
  return wait ? waitForRelease(context, api, { ...wait, id: started.id }) : 0;
}

type Wait = Omit<Parameters<typeof waitForRelease>[2], 'id'>;

/** Looked at before anything starts: a mistake in how to wait must not leave a release behind. */
function waitOf({ wait, waitChannel, timeout }: StartOptions, taken: string[] | undefined): Wait | undefined {
  const timeoutMs = parseTimeout(timeout ?? defaultTimeout);
  if (waitChannel === undefined) return wait ? { timeoutMs, successOnReplaced: true } : undefined;
  const channels = channelNames('--wait-channel', waitChannel);
  const other = taken && channels.find((name) => !taken.includes(name));
  if (other !== undefined)
    throw new TowpathError('BAD_REQUEST', `--wait-channel names "${other}", which --channels leaves out`);
  return { timeoutMs, successOnReplaced: true, channels };
}

function refuseInactive({ fast, autoRollback }: StartOptions): void {
  const named = fast ? '--fast' : autoRollback ? '--auto-rollback' : undefined;
  if (named === undefined) return;
  throw new TowpathError('NOT_ACTIVE_YET', `${named} does not act yet; nothing was started`, {
    hint: 'leave it out: every gate is waited for, and going back is a release of the version before',
  });
}

function say(context: Context, started: StartAnswer, { quiet }: { quiet: boolean }): void {
  const { io } = context;
  const { id, version, outcome, warnings } = started;
  for (const warning of warnings) io.err(`warning: ${printable(warning)}`);
  const text = {
    created: `release ${id} started (${printable(version)})`,
    existing: `release ${id} was started before with this key (${printable(version)})`,
    unchanged: `unchanged: release ${id} has this version already (${printable(version)}); --rerun releases it again`,
  }[outcome];
  context.answer(started, () => [text]);
  if (outcome === 'created' && !context.json && !quiet) io.err(`  towpath releases watch ${id}`);
}

/** Shows what a start would do, and starts nothing. */
export async function previewRelease(context: Context, api: Api, body: StartBody): Promise<number> {
  const { renderPlan } = await import('./render/plan.js');
  const answer = await api.plan(body);
  for (const warning of answer.plan.warnings) context.io.err(`warning: ${printable(warning)}`);
  context.answer(answer, () => renderPlan(answer, context));
  if (answer.unchanged)
    context.io.err('unchanged: the newest release has this version already; start would need --rerun');
  return 0;
}
