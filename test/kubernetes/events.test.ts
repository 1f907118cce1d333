import { expect, test } from '@jest/globals';
import type { Api, Clients } from '../../src/kubernetes/api.js';
import { createWarnings } from '../../src/kubernetes/events.js';
import { until } from '../real/until.js';

/** An API server that answers a list of events when it is told to. */
function scripted() {
  const answers: (() => void)[] = [];
  const event = { reason: 'FailedCreate', message: 'exceeded quota', metadata: {} };
  const core = {
    listNamespacedPod: async () => ({ items: [] }),
    listNamespacedEvent: () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ items: [event] }));
      }),
  };
  const ask: Api['ask'] = (work) => work({ core } as unknown as Clients);
  return { answers, warnings: createWarnings({ ask, read: ask }) };
}

test('while events are asked for, and some time after, nobody else asks', async () => {
  const { answers, warnings } = scripted();
  const first = warnings('jobs', 'one');
  await until('it is asked', () => answers.length === 1);
  expect(await warnings('jobs', 'two')).toBeUndefined();
  answers[0]?.();
  expect(await first).toEqual(['FailedCreate: exceeded quota']);
  expect(await warnings('jobs', 'two')).toBeUndefined();
  expect(answers).toHaveLength(1);
});

test('after a rest they are asked for again', async () => {
  const { answers, warnings } = scripted();
  const first = warnings('jobs', 'one');
  await until('it is asked', () => answers.length === 1);
  answers[0]?.();
  await first;
  const again = until('it is asked again', async () => (await warnings('jobs', 'two')) ?? false);
  await until('it is asked', () => answers.length === 2);
  answers[1]?.();
  expect(await again).toEqual(['FailedCreate: exceeded quota']);
});
