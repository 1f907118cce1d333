import { defineCommand } from '../command.js';
import { runDemo } from '../demo/demo.js';

/** Everything once, on this machine, with something to look at. */
export const command = defineCommand<{ yes?: boolean; exit?: boolean }>({
  options: [
    ['-y, --yes', 'approve production without asking'],
    ['--exit', 'end everything afterwards; otherwise it goes on in the background'],
  ],
  examples: [
    ['demo', 'asks for the approval'],
    ['demo --yes --exit', 'for scripts'],
  ],
  text: [
    'Starts what does not run, applies examples/demo, and takes a release through staging and production. Its program',
    'publishes a page per channel; the demo shows what a reader gets before and after.',
  ].join('\n'),
  run: (context, _, { yes, exit }) => runDemo(context, { yes: yes === true, exit: exit === true }),
});
