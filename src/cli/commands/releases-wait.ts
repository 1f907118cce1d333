import { suggestion } from '../../config/suggest.js';
import { statuses, type Status } from '../../release/status.js';
import { TowpathError } from '../../release/towpath-error.js';
import { channelNames } from '../channel-names.js';
import { defineCommand } from '../command.js';
import { resolveRelease } from '../release-ref.js';
import { defaultTimeout, parseTimeout, waitForRelease } from '../wait.js';

interface Options {
  app?: string;
  timeout?: string;
  waitForStatus?: string;
  channels?: string;
  successOnReplaced?: string | boolean;
}

/** For scripts: the exit code says how the release ended. */
export const command = defineCommand<Options>({
  options: [
    ['--timeout <duration>', `how long; ${defaultTimeout} unless said, 0 for no limit`],
    ['--channels <a,b>', 'these channels only'],
    ['--wait-for-status <status>', 'a status instead of the end'],
    [
      '--success-on-replaced [true|false]',
      'whether a release that a newer one replaced is a success; true unless said',
    ],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [
    ['releases wait my-service/7 --timeout 30m', 'until it has ended'],
    ['releases wait my-service --wait-for-status WAITING_MANUAL_APPROVAL', 'until somebody is needed'],
  ],
  text: [
    'Exit codes: 0 converged, or the status asked for; 2 failed, rejected or skipped; 3 the time is over and the',
    'release goes on; 1 anything else, such as cancelled.',
  ].join('\n'),
  async run(context, [ref = ''], { app, timeout = defaultTimeout, waitForStatus, channels, successOnReplaced }) {
    const wanted = {
      timeoutMs: parseTimeout(timeout),
      successOnReplaced: parseSwitch(successOnReplaced),
      ...(waitForStatus === undefined ? {} : { status: parseStatus(waitForStatus) }),
      ...(channels === undefined ? {} : { channels: channelNames('--channels', channels) }),
    };
    const api = await context.api();
    return waitForRelease(context, api, { ...wanted, id: await resolveRelease(api, ref, app) });
  },
});

/** The flag alone means true. */
function parseSwitch(value: string | boolean = true): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new TowpathError('BAD_REQUEST', `--success-on-replaced is true or false, not "${value}"`);
}

function parseStatus(text: string): Status {
  const status = text.toUpperCase();
  if (status in statuses) return status as Status;
  throw new TowpathError('BAD_REQUEST', `"${text}" is not a status`, {
    hint: suggestion(status, Object.keys(statuses)),
  });
}
