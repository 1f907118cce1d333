import { TowpathError } from '../../release/towpath-error.js';
import { defineCommand } from '../command.js';
import { decide, type DecideOptions } from '../decide.js';

/** Rejects, which is final for the release in that channel. */
export const command = defineCommand<DecideOptions>({
  options: [
    ['--reason <text>', 'why; needed'],
    ['--gate <name>', 'which approval, where the channel has several'],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [['releases reject my-service/7 production --reason "error rate is up in staging"', '']],
  async run(context, args, options) {
    if ((options.reason ?? '').trim() === '')
      throw new TowpathError('BAD_REQUEST', 'a rejection is final, so it needs --reason');
    return decide(context, args, { ...options, decision: 'reject' });
  },
});
