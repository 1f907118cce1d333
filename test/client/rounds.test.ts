import { expect, test } from '@jest/globals';
import { inRounds } from '../../src/client/rounds.js';
import { TowpathError } from '../../src/release/towpath-error.js';

/** Rounds that end as they are told, until the list is over; and what was said of them. */
async function rounds(...outcomes: (Error | 'ok')[]): Promise<unknown[]> {
  const stopping = new AbortController();
  const said: unknown[] = [];
  await inRounds({
    async round() {
      const outcome = outcomes.shift();
      if (outcomes.length === 0) stopping.abort();
      if (outcome instanceof Error) throw outcome;
      said.push('round');
    },
    changed: () => Promise.resolve(),
    signal: stopping.signal,
    log: { warn: (fields: unknown) => said.push(fields), error: (fields: unknown) => said.push(fields) },
    ready: () => said.push('ready'),
  });
  return said;
}

const bug = new TypeError('x is undefined');

test.each([
  ['a part that is away', new TowpathError('STORE_UNREACHABLE', 'away'), { code: 'STORE_UNREACHABLE', reason: 'away' }],
  ['a bug', bug, { err: bug }],
])('a round that meets %s is said, and the rounds go on', async (_what, error, said) => {
  expect(await rounds('ok', error, 'ok')).toEqual(['round', 'ready', said, 'round']);
});

test('one whose first round fails has not begun', async () => {
  await expect(rounds(bug)).rejects.toBe(bug);
});
