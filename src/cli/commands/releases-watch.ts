import { defineCommand } from '../command.js';
import { resolveRelease } from '../release-ref.js';
import { watchRelease } from '../watch.js';

/** Redraws on a terminal, prints a line per change elsewhere; as JSON, a view per line. */
export const command = defineCommand<{ app?: string; logs?: boolean }>({
  options: [
    ['--logs', 'where nothing can be drawn again: also every line that the programs print'],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [
    ['releases watch my-service', 'its newest release, until it ends'],
    ['releases watch my-service/7 --logs | tee release.log', 'a line per change, and the logs'],
  ],
  text: 'Ends when no channel goes on by itself; waiting for an approval is no end. Exit codes as of `releases wait`.',
  async run(context, [ref = ''], { app, logs = false }) {
    const api = await context.api();
    return watchRelease(context, api, { id: await resolveRelease(api, ref, app), logs });
  },
});
