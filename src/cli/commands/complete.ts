import { setTimeout as delay } from 'node:timers/promises';
import { defineCommand } from '../command.js';
import { candidates } from '../complete-words.js';
import { readNames } from '../completion-names.js';

/** Nobody waits longer than this for a tab. */
const patienceMs = 1500;

/** What may stand in place of the last word, a line each; nothing where that is not known. */
export const command = defineCommand({
  async run(context, words) {
    const names = (operand: string, before: readonly string[]): Promise<string[]> =>
      Promise.race([readNames(context, operand, before), delay(patienceMs, [], { ref: false })]);
    for (const word of await candidates(words, names)) context.io.out(word);
    return 0;
  },
});
