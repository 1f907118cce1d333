import { defineCommand } from '../command.js';
import { resolveRelease } from '../release-ref.js';
import { renderRelease } from '../render/release.js';
import { readDetails } from '../run-details.js';

/** One release as it stands now. */
export const command = defineCommand<{ app?: string }>({
  options: [['--app <name>', 'the application, where several have such a service']],
  examples: [
    ['releases get my-app/my-service/7', ''],
    ['releases get my-service', 'its newest release'],
  ],
  async run(context, [ref = ''], { app }) {
    const { colors, columns, now, signal } = context;
    const api = await context.api();
    const view = await api.release(await resolveRelease(api, ref, app));
    const details = context.json ? [] : await readDetails(api, view, signal);
    context.answer(view, () => renderRelease(view, { now: now(), colors, columns, details }).split('\n'));
    return 0;
  },
});
