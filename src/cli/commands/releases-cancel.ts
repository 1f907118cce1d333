import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import type { Api } from '../api.js';
import { isOver } from '../exit-code.js';
import { followRelease } from '../follow.js';
import { resolveRelease } from '../release-ref.js';
import { sendCommand } from '../send-command.js';

interface Options {
  reason?: string;
  wait?: boolean;
  app?: string;
}

/** Cancels a release, and waits until nothing of it runs. */
export const command = defineCommand<Options>({
  options: [
    ['--reason <text>', 'kept with the release'],
    ['--no-wait', 'do not wait until its Job is gone'],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [['releases cancel my-service/7 --reason "wrong build"', '']],
  text: [
    'No new Job starts. A Job that runs gets SIGTERM and its grace period; its log is kept. A release that has failed and',
    'could be retried is closed. The exit code is 0 once nothing of the release runs.',
  ].join('\n'),
  async run(context, [ref = ''], { reason, wait = true, app }) {
    const api = await context.api();
    const id = await resolveRelease(api, ref, app);
    const answer = await sendCommand(context, api, { id, kind: 'cancel', ...(reason === undefined ? {} : { reason }) });
    if (!answer) return 1;
    if (wait) return untilNothingRuns(context, api, id);
    context.answer(answer, () => [`${id} is being cancelled`]);
    return 0;
  },
});

async function untilNothingRuns(context: Context, api: Api, id: string): Promise<number> {
  const { io, pollMs, signal } = context;
  let said = false;
  for await (const view of followRelease(api, id, {
    signal,
    pollMs,
    onLost: (why) => io.err(`${why}; trying again`),
  })) {
    if (isOver(view)) {
      context.answer(view, () => [`${id} ${view.status}`]);
      return 0;
    }
    if (!said) io.err(`${id} is being cancelled: waiting until its Job is gone`);
    said = true;
  }
  throw new Error('the views of a release ended');
}
