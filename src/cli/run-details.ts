import type { ChannelView, ReleaseView } from '../release/view.js';
import type { RunSummary } from '../server/api.js';
import type { Api } from './api.js';
import type { RunDetail } from './render/release.js';

/** Enough of the end of a log to hold its last lines. */
const tailBytes = 4096;
const tailLines = 5;

const hasOpenRun = (channel: ChannelView): boolean => channel.runs.some((run) => run.endedAt === undefined);

/** What goes on in a release just now: why a pod does not start, the newest lines of a log. */
export async function readDetails(api: Api, view: ReleaseView, signal: AbortSignal): Promise<RunDetail[]> {
  const converging = view.channels.filter(({ status }) => status === 'CONVERGING');
  return converging.some(hasOpenRun) ? openRuns(api, view.id, signal) : [];
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
  // What is wrong with the cluster is among the explanations.
  const stuck = waiting !== undefined && !waiting.startsWith('RUNTIME_');
  const detail = { channel, run: number, ...(stuck ? { waiting } : {}) };
  if (logBytes === 0) return detail;
  const offset = Math.max(0, logBytes - tailBytes);
  const answer = await api.log({ id, channel, run: number }, { offset, follow: false, signal });
  const lastLines = (await answer.text()).trimEnd().split('\n').slice(-tailLines);
  return lastLines.join('') === '' ? detail : { ...detail, lastLines };
}
