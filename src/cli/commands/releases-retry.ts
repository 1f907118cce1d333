import { defineCommand } from '../command.js';
import { resolveRelease } from '../release-ref.js';
import { sendCommand } from '../send-command.js';
import { defaultTimeout, parseTimeout, waitForRelease } from '../wait.js';

interface Options {
  reason?: string;
  wait?: boolean;
  timeout?: string;
  app?: string;
}

/** Runs what failed again. */
export const command = defineCommand<Options>({
  options: [
    ['--reason <text>', 'kept with the release'],
    ['--wait', 'until it has ended; exit codes as of `releases wait`'],
    ['--timeout <duration>', `of --wait; ${defaultTimeout} unless said, 0 for no limit`],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [
    ['releases retry my-service/7', 'every FAILED channel'],
    ['releases retry my-service/7 staging --wait', 'one of them'],
  ],
  text: [
    'The same release, version and approvals, under a new run number; channels that were skipped for a failed one wait',
    'again. Possible for 7 days, and until a newer release has entered the channel.',
  ].join('\n'),
  async run(context, [ref = '', channel], { reason, wait, timeout = defaultTimeout, app }) {
    const timeoutMs = parseTimeout(timeout);
    const api = await context.api();
    const id = await resolveRelease(api, ref, app);
    const more = { ...(reason === undefined ? {} : { reason }), ...(channel === undefined ? {} : { channel }) };
    const answer = await sendCommand(context, api, { id, kind: 'retry', ...more });
    if (!answer) return 1;
    if (wait) return waitForRelease(context, api, { id, timeoutMs, successOnReplaced: true });
    context.answer(answer, () => [`${id} runs again`]);
    if (!context.json) context.io.err(`  towpath releases watch ${id}`);
    return 0;
  },
});
