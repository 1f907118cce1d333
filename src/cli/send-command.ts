import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TowpathError } from '../release/towpath-error.js';
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
  /** Until when it is sent again, under its id, while nobody can say whether it counts; of `performance.now()`. */
  until?: number;
}

/** Sends a command, and says whether it counted; undefined when it did not. */
export async function sendCommand(
  context: Context,
  api: Api,
  { id, until = 0, ...body }: Commanding,
): Promise<DecisionAnswer | undefined> {
  const asked = { ...body, requestId: randomUUID() };
  const subject = `${body.kind} ${id}${body.channel === undefined ? '' : ` ${body.channel}`}`;
  let answer = await api.command(id, asked);
  if (answer.outcome === 'later') context.io.err(`${subject}: stored (${printable(answer.why ?? '')})`);
  while (answer.outcome === 'later' && performance.now() < until) {
    await delay(context.pollMs, undefined, { signal: context.signal });
    answer = await api.command(id, asked).catch((error: unknown) => later(answer, error));
  }
  if (answer.outcome !== 'refused' || isKnown(body.kind, answer)) return answer;
  context.answer(answer, () => []);
  context.io.err(`${subject}: did not count: ${printable(answer.why ?? 'no reason given')}`);
  return undefined;
}

/** What is stored is not lost because the server is away for a while. */
function later(answer: DecisionAnswer, error: unknown): DecisionAnswer {
  if (error instanceof TowpathError && awayCodes.includes(error.code)) return answer;
  throw error;
}

const awayCodes: readonly string[] = ['NOT_RUNNING', 'STORE_UNREACHABLE'];

/** Asked for before, by anyone: what is wanted is under way. */
const isKnown = (kind: CommandKind, { why }: DecisionAnswer): boolean =>
  kind === 'cancel' && (why?.startsWith('CANCELLING:') ?? false);
