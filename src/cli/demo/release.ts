import { randomUUID } from 'node:crypto';
import type { State } from '../../embedded/state.js';
import { releaseWorkflowId } from '../../release/ids.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { ReleaseView } from '../../release/view.js';
import type { Api } from '../api.js';
import type { Context } from '../context.js';
import { isOver } from '../exit-code.js';
import { openDisplay } from '../release-display.js';
import { printable } from '../render/text.js';
import { watchUntil } from '../watch.js';
import { titleOf, type Site } from './site.js';

export interface TakeThrough {
  /** The folder of the site, which the program writes. */
  folder: string;
  site: Site;
  state: State;
  yes: boolean;
}

const channels = ['staging', 'production'] as const;

/** Starts a release with a change of its own, and follows it to its end, approval included. */
export async function takeThrough(
  context: Context,
  api: Api,
  { folder, site, state, yes }: TakeThrough,
): Promise<{ view: ReleaseView; askedMs: number }> {
  const { io } = context;
  const before = await site.get('production');
  await showPages(context, site);
  const changeId = `demo-${context
    .now()
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-')}`;
  const parameters = { changeId, site: folder };
  const { id } = await api.start({ service: 'my-app/my-service', parameters, key: randomUUID() });
  io.out('');
  io.out(`release ${id} starts, with changeId ${changeId}`);
  if (state.temporalUi !== undefined) io.out(`in Temporal's Web UI: ${webUi(state.temporalUi, state, id)}`);
  io.out('');
  const display = openDisplay({ ...context, json: false });
  const paused = await watchUntil(context, api, { id, display, enough: (view) => isOver(view) || waits(view) });
  if (isOver(paused)) return { view: paused, askedMs: 0 };
  await showLog(context, api, paused, 'staging');
  await mustShow(site, 'staging', changeId);
  if ((await site.get('production')) !== before)
    throw new TowpathError('INTERNAL', "production's page has changed before anybody approved");
  await showPages(context, site, 'waits for an approval');
  const begun = performance.now();
  io.out('');
  const approved = await mayGoOn(context, yes);
  const askedMs = performance.now() - begun;
  await decide(context, api, { id, approved });
  io.out('');
  const view = await watchUntil(context, api, { id, display, enough: isOver });
  if (!approved) return { view, askedMs };
  await showLog(context, api, view, 'production');
  await mustShow(site, 'production', changeId);
  await showPages(context, site);
  return { view, askedMs };
}

const waits = (view: ReleaseView): boolean =>
  view.channels.some(({ name, status }) => name === 'production' && status === 'WAITING_MANUAL_APPROVAL');

const webUi = (ui: string, { temporalNamespace }: State, id: string): string =>
  `${ui}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows/${encodeURIComponent(releaseWorkflowId(id))}`;

/** What readers get just now. */
async function showPages({ io, colors }: Context, site: Site, remark?: string): Promise<void> {
  io.out('');
  for (const channel of channels) {
    const note = channel === 'production' && remark !== undefined ? colors.yellow(`  (${remark})`) : '';
    io.out(
      `GET ${site.url(channel).padEnd(site.url('production').length)}  ${titleOf(await site.get(channel))}${note}`,
    );
  }
}

/** The newest run of a channel must have changed what readers get. */
async function mustShow(site: Site, channel: string, changeId: string): Promise<void> {
  if (titleOf(await site.get(channel)).includes(changeId)) return;
  throw new TowpathError('INTERNAL', `the page of ${channel} does not show change ${changeId}`);
}

/** What the program printed, from the store: its Job may be gone. */
async function showLog({ io, colors }: Context, api: Api, view: ReleaseView, channel: string): Promise<void> {
  const run = view.channels.find(({ name }) => name === channel)?.runs.at(-1);
  if (!run) return;
  const answer = await api.log({ id: view.id, channel, run: run.run }, { offset: 0, follow: false });
  io.out('');
  for (const line of (await answer.text()).trimEnd().split('\n')) io.out(colors.dim(`${channel} | ${printable(line)}`));
}

async function mayGoOn({ io }: Context, yes: boolean): Promise<boolean> {
  if (yes || !io.canAsk) {
    io.out(
      yes ? 'approving production, as --yes says' : 'approving production by itself: there is no terminal to ask at',
    );
    return true;
  }
  const answer = await io.ask('Approve production? [Y/n] ');
  if (answer === undefined) throw new TowpathError('BAD_REQUEST', 'nobody answered; the release goes on waiting');
  return !/^n(o)?$/i.test(answer.trim());
}

async function decide(context: Context, api: Api, { id, approved }: { id: string; approved: boolean }): Promise<void> {
  const reason = approved ? 'staging looks good in the demo' : 'refused in the demo';
  const decision = approved ? 'approve' : 'reject';
  const answer = await api.decide(id, { channel: 'production', decision, reason, requestId: randomUUID() });
  if (answer.outcome === 'refused')
    throw new TowpathError('NOT_ALLOWED', `the decision did not count: ${answer.why ?? 'no reason given'}`);
  context.io.out(`${decision} production: ${answer.outcome === 'later' ? 'stored, and sent' : 'counted'}`);
}
