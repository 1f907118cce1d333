import { defineCommand } from '../command.js';
import { findRun } from '../find-run.js';
import { resolveRelease } from '../release-ref.js';

interface Options {
  run?: string;
  command?: string;
  app?: string;
}

/** As JSON in any format: what a program reported has a shape of its own. */
export const command = defineCommand<Options>({
  options: [
    ['--run <number>', 'which run; the newest unless said'],
    ['--command <name>', 'runs of this command only, such as apply'],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [['releases result my-service/7 staging', 'of its newest run']],
  async run(context, [ref = '', channel = ''], options) {
    const api = await context.api();
    const id = await resolveRelease(api, ref, options.app);
    const { run } = await findRun(context, api, { ...options, id, channel });
    context.io.out(JSON.stringify(await api.result({ id, channel, run }), null, 2));
    return 0;
  },
});
