import { getEventListeners } from 'node:events';
import { Context } from '@temporalio/activity';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, test } from '@jest/globals';
import { heartbeating, orCancelled, systemClock } from '../../src/activities/clock.js';
import { FakeClock, settle } from '../fakes/clock.js';

const cancel = (environment: MockActivityEnvironment): void =>
  environment.cancel('CANCELLED', new ActivityCancellationDetails({ workerShutdown: true }));

describe('work that is left when cancelled', () => {
  test('rejects with the cancellation, and does not begin after it', async () => {
    const environment = new MockActivityEnvironment();
    let begun = 0;
    const work = (): Promise<never> => {
      begun++;
      return new Promise(() => undefined);
    };
    const first = environment.run(() => orCancelled(work));
    await settle();
    cancel(environment);
    await expect(first).rejects.toBeInstanceOf(CancelledFailure);
    await expect(environment.run(() => orCancelled(work))).rejects.toBeInstanceOf(CancelledFailure);
    expect(begun).toBe(1);
  });

  test('that fails later fails nobody', async () => {
    const environment = new MockActivityEnvironment();
    let fail: (error: Error) => void = () => undefined;
    const left = environment.run(() =>
      orCancelled(
        () =>
          new Promise((_, reject) => {
            fail = reject;
          }),
      ),
    );
    await settle();
    cancel(environment);
    await expect(left).rejects.toBeInstanceOf(CancelledFailure);
    fail(new Error('too late'));
    await settle();
  });

  test('leaves nothing on the signal', async () => {
    const environment = new MockActivityEnvironment();
    let listeners: unknown[] = ['not looked at'];
    await environment.run(async () => {
      for (let nth = 0; nth < 20; nth++) await orCancelled(() => Promise.resolve(nth));
      await orCancelled(() => Promise.reject(new Error('no'))).catch(() => undefined);
      listeners = getEventListeners(Context.current().cancellationSignal, 'abort');
    });
    expect(listeners).toEqual([]);
  });
});

test('heartbeats end with the work, whether it succeeds or fails', async () => {
  const clock = new FakeClock();
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details) => beats.push(details));
  let nth = 0;
  const work = async (): Promise<never> => {
    await clock.sleep(12_000);
    throw new Error('failed');
  };
  const running = environment.run(() => heartbeating(clock, () => ++nth, work));
  await Promise.all([clock.advance(60_000), expect(running).rejects.toThrow('failed')]);
  expect(beats).toEqual([1, 2]);
});

test('the real clock sleeps until it is woken', async () => {
  const waking = new AbortController();
  const asleep = systemClock.sleep(600_000, waking.signal);
  waking.abort();
  await expect(asleep).resolves.toBeUndefined();
  await expect(systemClock.sleep(600_000, waking.signal)).resolves.toBeUndefined();
  await systemClock.sleep(1);
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
});
