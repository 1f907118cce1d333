import { setTimeout as delay } from 'node:timers/promises';
import type { Ask } from '../../src/cli/http.js';
import type { DecisionAnswer, StartAnswer } from '../../src/server/api.js';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import type { Stack } from './stack.js';

const patienceMs = 60_000;

/** Asks until there is an answer, as a CI job does: every request of the API may be repeated. */
export async function ask<Answer>({ http }: Stack, question: Ask): Promise<Answer> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await http.json<Answer>(question);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(200);
    }
  }
}

/** Under a key, so that asking again is the same release. */
export const start = (stack: Stack, service: string, { key = service, rerun = false } = {}): Promise<StartAnswer> =>
  ask(stack, { method: 'POST', path: '/api/v1/releases', body: { service, key, rerun } });

/** Under the release's id as that of the request, so that asking again is the same decision. */
export const approve = (stack: Stack, id: string): Promise<DecisionAnswer> => {
  const body = { channel: 'production', decision: 'approve', requestId: `approve of ${id}` };
  return ask(stack, { method: 'POST', path: `/api/v1/releases/${id}/decisions`, body });
};

export const cancel = (stack: Stack, id: string): Promise<DecisionAnswer> => {
  const body = { kind: 'cancel', requestId: `cancel of ${id}` };
  return ask(stack, { method: 'POST', path: `/api/v1/releases/${id}/commands`, body });
};

export const read = (stack: Stack, id: string): Promise<ReleaseView> => ask(stack, { path: `/api/v1/releases/${id}` });

export const see = (
  stack: Stack,
  id: string,
  { status, withinMs = patienceMs }: { status: string; withinMs?: number },
): Promise<ReleaseView> =>
  until(
    `${id} is ${status}`,
    async () => {
      const view = await read(stack, id);
      return view.status === status ? view : undefined;
    },
    { withinMs, everyMs: 200 },
  );
