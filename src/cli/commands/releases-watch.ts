import { defineCommand } from '../command.js';
import { resolveRelease } from '../release-ref.js';
import { watchRelease } from '../watch.js';

/** Redraws on a terminal, prints a line per change elsewhere; as JSON, a view per line. */
export const command = defineCommand<{ app?: string }>({
  options: [['--app <name>', 'the application, where several have such a service']],
  examples: [['releases watch my-service', 'its newest release, until it ends']],
  text: 'Ends when no channel goes on by itself; waiting for an approval is no end. Exit codes as of `releases wait`.',
  async run(context, [ref = ''], { app }) {
    const api = await context.api();
    return watchRelease(context, api, await resolveRelease(api, ref, app));
  },
});
