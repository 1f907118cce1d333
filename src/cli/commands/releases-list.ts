import type { ReleaseSummary } from '../../server/api.js';
import { TowpathError } from '../../release/towpath-error.js';
import { defineCommand } from '../command.js';
import { resolveService } from '../release-ref.js';
import { paintStatus } from '../render/status.js';
import { printable } from '../render/text.js';
import { table } from '../render/table.js';
import { shortTime } from '../render/time.js';

/** The newest releases first. */
export const command = defineCommand<{ app?: string; limit?: string }>({
  options: [
    ['--app <name>', 'of this application'],
    ['--limit <count>', 'how many; 20 unless said'],
  ],
  examples: [['releases list my-service --limit 5', 'the last five of one service']],
  async run(context, [service], { app, limit = '20' }) {
    const count = Number(limit);
    if (!Number.isInteger(count) || count < 1)
      throw new TowpathError('BAD_REQUEST', `--limit "${limit}" is not a count`);
    const api = await context.api();
    const filter =
      service === undefined ? (app === undefined ? {} : { application: app }) : await resolveService(api, service, app);
    const releases = await api.releases({ ...filter, limit: count });
    context.answer(releases, () =>
      table(
        ['RELEASE', 'STATUS', 'VERSION', 'STARTED', 'BY', 'CHANNELS'],
        releases.map(({ id, status, version, createdAt, requestedBy, channels }) => [
          id,
          { text: status, paint: paintStatus(status, context.colors) },
          printable(version),
          shortTime(createdAt),
          printable(requestedBy),
          channels.map(channelText).join(', '),
        ]),
        context,
      ),
    );
    return 0;
  },
});

/** What keeps a running channel from going on is news; why another one waits or has ended is in its status. */
const channelText = ({ name, status, reason }: ReleaseSummary['channels'][number]): string =>
  status === 'CONVERGING' && reason !== undefined ? `${name} ${status} (${reason})` : `${name} ${status}`;
