import type { ReleaseView } from '../release/view.js';
import type { RunSummary } from '../server/api.js';
import type { Api } from './api.js';
import type { RunDetail } from './render/release.js';

/** Enough of the end of a log to hold its last line. */
const tailBytes = 4096;

/** True while some run of the release has not ended. */
export const hasOpenRun = (view: ReleaseView): boolean =>
  view.channels.some((channel) => channel.runs.some((run) => run.endedAt === undefined));

/** What goes on in the runs that have not ended: why a pod does not start, and the newest line of the log. */
export async function readDetails(api: Api, id: string, signal: AbortSignal): Promise<RunDetail[]> {
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
  const lastLine = (await answer.text()).trimEnd().split('\n').at(-1) ?? '';
  return lastLine === '' ? detail : { ...detail, lastLine };
}
