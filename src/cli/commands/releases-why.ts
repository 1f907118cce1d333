import { defineCommand } from '../command.js';
import { resolveRelease } from '../release-ref.js';
import { renderWhy } from '../render/why.js';
import { readDetails } from '../run-details.js';
import { whyOf } from '../why.js';

/** What a release waits for or how it ended, who can act, and what happens next. */
export const command = defineCommand<{ app?: string }>({
  options: [['--app <name>', 'the application, where several have such a service']],
  examples: [
    ['releases why my-service/7', ''],
    ['releases why my-service --format json', 'its newest release, for a script'],
  ],
  text: [
    'For each channel: its gates (state, who can act, the command that approves), why it waits or how it ended, and what',
    'happens next.',
  ].join('\n'),
  async run(context, [ref = ''], { app }) {
    const api = await context.api();
    const view = await api.release(await resolveRelease(api, ref, app));
    const why = whyOf(view, await readDetails(api, view, context.signal));
    context.answer(why, () => renderWhy(why, context.colors));
    return 0;
  },
});
