import { given } from '../../release/given.js';
import type { DecisionAnswer } from '../../server/api.js';
import type { Api } from '../api.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
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
  async run(context, [ref = '', channel], { reason, wait = false, timeout = defaultTimeout, app }) {
    const timeoutMs = parseTimeout(timeout);
    const api = await context.api();
    const id = await resolveRelease(api, ref, app);
    const until = wait ? performance.now() + (timeoutMs ?? Infinity) : 0;
    const answer = await sendCommand(context, api, { id, kind: 'retry', ...given({ reason, channel }), until });
    if (!answer) return 1;
    if (wait) return waitForRetry(context, api, { id, until, answer });
    context.answer(answer, () => (answer.outcome === 'later' ? [] : [`${id} runs again`]));
    if (!context.json) context.io.err(`  towpath releases watch ${id}`);
    return 0;
  },
});

interface Retried {
  id: string;
  /** Of `performance.now()`; the time is for all of it. */
  until: number;
  answer: DecisionAnswer;
}

async function waitForRetry(context: Context, api: Api, { id, until, answer }: Retried): Promise<number> {
  if (answer.outcome === 'later') {
    context.answer(answer, () => []);
    context.io.err('the time is over; the retry is stored, and counts or not when the release hears of it');
    return 3;
  }
  const timeoutMs = Number.isFinite(until) ? Math.max(1, until - performance.now()) : undefined;
  return waitForRelease(context, api, { id, timeoutMs, successOnReplaced: true, retry: answer.requestId });
}
