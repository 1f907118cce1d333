import { defineCommand } from '../command.js';
import { decide, type DecideOptions } from '../decide.js';

/** Approves; the exit code says whether it counted. */
export const command = defineCommand<DecideOptions>({
  options: [
    ['--gate <name>', 'which approval, where the channel has several'],
    ['--reason <text>', 'kept with the decision'],
    ['--app <name>', 'the application, where several have such a service'],
  ],
  examples: [['releases approve my-service/7 production --reason "dashboards are green"', '']],
  run: (context, args, options) => decide(context, args, { ...options, decision: 'approve' }),
});
