import { defineCommand } from '../command.js';
import { findRun } from '../find-run.js';
import { copyLog } from '../log-copy.js';
import { printable } from '../render/text.js';
import { resolveRelease } from '../release-ref.js';

interface Options {
  run?: string;
  command?: string;
  follow?: boolean;
  app?: string;
}

/** Copies the stored log, byte for byte; the Job may be gone. */
export const command = defineCommand<Options>({
  options: [
    ['--run <number>', 'which run; the newest unless said'],
    ['--command <name>', 'runs of this command only, such as apply'],
    ['--follow', 'go on until the run has ended; wait for one that has not begun'],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [
    ['releases logs my-service/7 staging', 'its newest run'],
    ['releases logs my-service production --run 12 --follow', ''],
  ],
  async run(context, [ref = '', channel], options) {
    const api = await context.api();
    const id = await resolveRelease(api, ref, options.app);
    const run = await findRun(context, api, { ...options, id, channel });
    if (channel === undefined || options.run === undefined)
      context.io.err(
        `${run.channel}: run ${run.run} (${run.command})${run.state === 'open' ? ', still going on' : ''}`,
      );
    if (run.state === 'open' && run.logBytes === 0)
      context.io.err(`no log yet: ${run.waiting === undefined ? 'nothing was printed' : printable(run.waiting)}`);
    await copyLog(context, api, { id, channel: run.channel, run: run.run, follow: options.follow === true });
    return 0;
  },
});
