// Starts work at a fixed rate, whatever becomes of it.
import { setTimeout as delay } from 'node:timers/promises';

/**
 * `work(i)` begins every `everyMs` for `forMs`. Answers how many were done at that moment; returns when all are. Work that
 * fails makes it fail, at its end.
 */
export async function offer({ everyMs, forMs, work }) {
  const begun = performance.now();
  const all = [];
  let completed = 0;
  for (let i = 0; i * everyMs < forMs; i += 1) {
    await delay(Math.max(0, begun + i * everyMs - performance.now()));
    all.push(work(i).then(() => (completed += 1)));
  }
  await delay(Math.max(0, begun + forMs - performance.now()));
  const inTime = completed;
  await Promise.all(all);
  return { offered: all.length, completed: inTime };
}
