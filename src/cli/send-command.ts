import { randomUUID } from 'node:crypto';
import type { CommandKind } from '../release/view.js';
import type { DecisionAnswer } from '../server/api.js';
import type { Api } from './api.js';
import type { Context } from './context.js';
import { printable } from './render/text.js';

export interface Commanding {
  id: string;
  kind: CommandKind;
  channel?: string;
  reason?: string;
}

/** Sends a command, and says whether it counted; undefined when it did not. */
export async function sendCommand(
  context: Context,
  api: Api,
  { id, ...body }: Commanding,
): Promise<DecisionAnswer | undefined> {
  const answer = await api.command(id, { ...body, requestId: randomUUID() });
  const { outcome, why } = answer;
  const subject = `${body.kind} ${id}${body.channel === undefined ? '' : ` ${body.channel}`}`;
  // Asked for before, by anyone: what is wanted is under way.
  const known = outcome === 'refused' && body.kind === 'cancel' && why?.startsWith('CANCELLING:');
  if (outcome === 'refused' && !known) {
    context.answer(answer, () => []);
    context.io.err(`${subject}: did not count: ${printable(why ?? 'no reason given')}`);
    return undefined;
  }
  if (outcome === 'later') context.io.err(`${subject}: stored (${printable(why ?? '')})`);
  return answer;
}
