import { randomUUID } from 'node:crypto';
import type { DecisionAnswer } from '../server/api.js';
import type { Context } from './context.js';
import { resolveRelease } from './release-ref.js';
import { printable } from './render/text.js';

export interface DecideOptions {
  gate?: string;
  reason?: string;
  app?: string;
}

/** Sends a decision, and says whether it counted. One that did not is exit code 1. */
export async function decide(
  context: Context,
  [ref = '', channel = '']: string[],
  { gate, reason, app, decision }: DecideOptions & { decision: 'approve' | 'reject' },
): Promise<number> {
  const api = await context.api();
  const id = await resolveRelease(api, ref, app);
  const answer = await api.decide(id, {
    channel,
    decision,
    requestId: randomUUID(),
    ...(gate === undefined ? {} : { gate }),
    ...(reason === undefined ? {} : { reason }),
  });
  if (context.json) context.io.out(JSON.stringify(answer, null, 2));
  const subject = `${decision} ${id} ${channel}${gate === undefined ? '' : `/${gate}`}`;
  if (answer.outcome === 'refused') {
    context.io.err(`${subject}: did not count: ${printable(answer.why ?? 'no reason given')}`);
    return 1;
  }
  if (!context.json) context.io.out(`${subject}: ${outcomeText(answer)}`);
  return 0;
}

function outcomeText({ outcome, why, view }: DecisionAnswer): string {
  const more = why === undefined ? '' : ` (${printable(why)})`;
  if (outcome === 'later') return `stored; it will count, or not, as soon as a worker answers${more}`;
  return `counted${more}${view === undefined ? '' : `; the release is ${view.status}`}`;
}
