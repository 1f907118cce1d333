import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../real/until.js';
import type { Side } from '../faults/front.js';
import { ledger, letEnd, type Application } from './documents.js';
import { holdInstance, type InstanceHold } from './instance-hold.js';
import type { FaultName, PhaseName } from './matrix.js';
import { approve, cancel, see, start } from './releases.js';
import type { Stack } from './stack.js';

/** One cell: brings its releases into their phase, and lets them go on. */
export interface Scene {
  application: Application;
  services: string[];
  /** Numbers of the releases of each service. */
  numbers: number[];
  /** When all of them are cancelled instead of converging. */
  cancelled?: true;
  /** What can be done long before the kill. */
  prepare?: (stack: Stack) => Promise<void>;
  /** What can be held for seconds only. */
  approach?: (stack: Stack) => Promise<void>;
  /** The last thing: the kill comes at once when it is done. */
  aim?: (stack: Stack) => Promise<void>;
  /** Right after the kill, when the part is not back yet. */
  whileAway?: (stack: Stack) => Promise<void>;
  /** When the part is back. */
  goOn?: (stack: Stack) => Promise<void>;
}

const sweep = [1, 2, 3, 4, 5];
/** Between two requests of a sweep: shorter than what one takes, so that they are at different steps at the kill. */
const apartMs = 15;

const one = [1];
const letAllEnd = (stack: Stack, services: string[]): void => services.forEach((service) => letEnd(stack, service));

export const scenes: Record<PhaseName, (fault: FaultName) => Scene> = {
  starting(fault) {
    const services = sweep.map((each) => `starting-${fault}-${each}`);
    let all: Promise<unknown> = Promise.resolve();
    return {
      application: 'plain',
      services,
      numbers: one,
      prepare: async (stack) => letAllEnd(stack, services),
      aim: async (stack) => {
        const { first, done } = await sent(services, (service) => start(stack, `plain/${service}`));
        all = done;
        await first;
      },
      goOn: async () => void (await all),
    };
  },

  waiting(fault) {
    const service = `waiting-${fault}`;
    return {
      application: 'gated',
      services: [service],
      numbers: one,
      prepare: async (stack) => {
        letEnd(stack, service);
        await startGated(stack, service);
      },
      goOn: async (stack) => void (await approve(stack, `gated/${service}/1`)),
    };
  },

  deciding(fault) {
    const services = sweep.map((each) => `deciding-${fault}-${each}`);
    let all: Promise<unknown> = Promise.resolve();
    return {
      application: 'gated',
      services,
      numbers: one,
      prepare: async (stack) => {
        letAllEnd(stack, services);
        await Promise.all(services.map((service) => startGated(stack, service)));
      },
      aim: async (stack) => {
        const { first, done } = await sent(services, (service) => approve(stack, `gated/${service}/1`));
        all = done;
        await first;
      },
      goOn: async () => void (await all),
    };
  },

  queued(fault) {
    const service = `queued-${fault}`;
    return {
      application: 'plain',
      services: [service],
      numbers: [1, 2],
      prepare: async (stack) => {
        letEnd(stack, service, 2);
        await running(stack, service);
        const { id } = await start(stack, `plain/${service}`, { key: 'second', rerun: true });
        await until(`${id} is queued`, async () => {
          const { channels } = await see(stack, id, { status: 'QUEUED' });
          return channels[0]?.runs.length === 0;
        });
      },
      goOn: async (stack) => letEnd(stack, service),
    };
  },

  creating: (fault) => held(`creating-${fault}`, 'request'),
  created: (fault) => held(`created-${fault}`, 'answer'),

  running(fault) {
    const service = `running-${fault}`;
    return {
      application: 'plain',
      services: [service],
      numbers: one,
      prepare: (stack) => running(stack, service),
      goOn: async (stack) => letEnd(stack, service),
    };
  },

  ending(fault) {
    const service = `ending-${fault}`;
    return {
      application: 'plain',
      services: [service],
      numbers: one,
      prepare: (stack) => running(stack, service),
      whileAway: async (stack) => {
        letEnd(stack, service);
        // Its node dies with the API server: it may die of its next line of output, to which nobody listens.
        if (fault === 'cluster') return;
        await until(`the program of ${service} has ended`, () => ledger(stack, service).length === 2);
      },
    };
  },

  collecting(fault) {
    const service = `collecting-${fault}`;
    let hold: InstanceHold | undefined;
    return {
      application: 'plain',
      services: [service],
      numbers: one,
      prepare: (stack) => running(stack, service),
      approach: async (stack) => {
        hold = await holdInstance(stack.databaseUrl, service);
        letEnd(stack, service);
        await until(`the outcome of ${service} is being recorded`, hold.holds);
      },
      goOn: async () => {
        await hold?.release();
      },
    };
  },

  cancelling(fault) {
    const services = sweep.map((each) => `cancelling-${fault}-${each}`);
    let all: Promise<unknown> = Promise.resolve();
    return {
      application: 'plain',
      services,
      numbers: one,
      cancelled: true,
      prepare: async (stack) => {
        await Promise.all(services.map((service) => running(stack, service)));
      },
      aim: async (stack) => {
        const { first, done } = await sent(services, (service) => cancel(stack, `plain/${service}/1`));
        all = done;
        await first;
      },
      goOn: async () => void (await all),
    };
  },
};

/** Sends one after the other, without waiting for answers. */
async function sent(
  services: string[],
  send: (service: string) => Promise<unknown>,
): Promise<{ first: Promise<unknown>; done: Promise<unknown> }> {
  const all: Promise<unknown>[] = [];
  for (const service of services) {
    all.push(send(service));
    await delay(apartMs);
  }
  const done = Promise.all(all);
  // Whoever waits for it is told; until then it is nobody's failure.
  done.catch(() => undefined);
  return { first: Promise.race(all), done };
}

async function startGated(stack: Stack, service: string): Promise<void> {
  const { id } = await start(stack, `gated/${service}`);
  await see(stack, id, { status: 'WAITING_MANUAL_APPROVAL' });
}

async function running(stack: Stack, service: string): Promise<void> {
  await start(stack, `plain/${service}`);
  await begun(stack, service);
}

const begun = (stack: Stack, service: string): Promise<unknown> =>
  until(`the program of ${service} runs`, () => ledger(stack, service).length > 0);

function held(service: string, side: Side): Scene {
  let release: () => void = () => undefined;
  return {
    application: 'plain',
    services: [service],
    numbers: one,
    approach: async (stack) => {
      const hold = stack.proxy.hold(service, side);
      ({ release } = hold);
      await start(stack, `plain/${service}`);
      await until(`the Job of ${service} is being created`, hold.holds);
      if (side === 'answer') await begun(stack, service);
    },
    goOn: async (stack) => {
      release();
      letEnd(stack, service);
    },
  };
}
