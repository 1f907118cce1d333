import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedFault } from './schedule.js';
import type { Stack } from './stack.js';

/** Lets a fault happen. What it answers resolves when it is over: the part works again, the connection is as it was. */
export async function strike(stack: Stack, { fault, lastsMs, status }: PlannedFault): Promise<() => Promise<void>> {
  if ('part' in fault) {
    const part = stack.parts[fault.part];
    if (fault.how === 'kill') return part.kill();
    const goOn = part.hang();
    return after(lastsMs, goOn);
  }
  if (fault.how === '5xx') {
    const front = stack.fronts[fault.link as keyof Stack['fronts']];
    front.refuse(status);
    return after(lastsMs, () => front.accept());
  }
  const link = stack.links[fault.link];
  link.fail(fault.how);
  return after(lastsMs, () => link.heal());
}

const after =
  (ms: number, heal: () => void): (() => Promise<void>) =>
  async () => {
    await delay(ms);
    heal();
  };
