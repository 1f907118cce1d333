import type { ChannelView, ReleaseView } from '../release/view.js';
import type { RunSummary } from '../server/api.js';
import type { Api } from './api.js';
import type { RunDetail } from './render/release.js';

/** Enough of the end of a log to hold its last lines. */
const tailBytes = 4096;
const tailLines = 5;

const hasOpenRun = (channel: ChannelView): boolean => channel.runs.some((run) => run.endedAt === undefined);

/** What goes on in a release just now: why a pod does not start, the newest lines of a log, a cluster that nobody serves. */
export async function readDetails(api: Api, view: ReleaseView, signal: AbortSignal): Promise<RunDetail[]> {
  const converging = view.channels.filter(({ status }) => status === 'CONVERGING');
  const details = converging.some(hasOpenRun) ? await openRuns(api, view.id, signal) : [];
  const idle = converging.filter((channel) => !hasOpenRun(channel));
  return idle.length === 0 ? details : [...details, ...(await unserved(api, idle))];
}

async function openRuns(api: Api, id: string, signal: AbortSignal): Promise<RunDetail[]> {
  const open = (await api.runs(id)).filter((run) => run.state === 'open');
  return Promise.all(open.map((run) => detailOf(api, id, { run, signal })));
}

async function detailOf(
  api: Api,
  id: string,
  { run, signal }: { run: RunSummary; signal: AbortSignal },
): Promise<RunDetail> {
  const { channel, run: number, waiting, logBytes } = run;
  const detail = { channel, run: number, ...(waiting === undefined ? {} : { waiting }) };
  if (logBytes === 0) return detail;
  const offset = Math.max(0, logBytes - tailBytes);
  const answer = await api.log({ id, channel, run: number }, { offset, follow: false, signal });
  const lastLines = (await answer.text()).trimEnd().split('\n').slice(-tailLines);
  return lastLines.join('') === '' ? detail : { ...detail, lastLines };
}

/** A channel that has its turn and no run waits for a worker, and nothing in the release itself can say so. */
async function unserved(api: Api, channels: ChannelView[]): Promise<RunDetail[]> {
  const runtimes = await api.runtimes();
  const idle = runtimes.filter(({ workers }) => workers === 0).map(({ name }) => name);
  return channels
    .filter(({ cluster }) => idle.includes(cluster))
    .map(({ name, cluster }) => ({ channel: name, waiting: `no worker serves the cluster "${cluster}"` }));
}
