import { CancelledFailure } from '@temporalio/common';
import { beforeEach, expect, test } from '@jest/globals';
import type { RunRef } from '../../src/release/steps.js';
import type { RunEnd } from '../../src/release/view.js';
import type { FakePod } from '../fakes/cluster.js';
import { settle } from '../fakes/clock.js';
import { framed, sha256 } from './framed.js';
import { minute, World, type Running } from './world.js';

const body = '{"message":"done"}';
const line = `[result: ${body.length} bytes]`;

let world: World;
let ref: RunRef;
let pod: FakePod;
beforeEach(async () => {
  world = new World();
  ref = await world.begun();
  pod = world.pod(ref);
  world.cluster.start(pod);
});

const follow = async (): Promise<Running<RunEnd>> => {
  const running = world.run('awaitRun', world.awaitInput(ref));
  await world.clock.advance(1000);
  return running;
};
/** Another worker takes over. */
async function takeOver(running: Running<RunEnd>): Promise<Running<RunEnd>> {
  running.cancel();
  await expect(running.promise).rejects.toBeInstanceOf(CancelledFailure);
  return follow();
}
async function print(text: string): Promise<void> {
  world.cluster.print(pod, text);
  await settle();
}
async function end({ promise }: Running<RunEnd>): Promise<RunEnd> {
  world.cluster.exit(pod, 0);
  await world.clock.advance(minute);
  return promise;
}

test('is the result of its run, and a line of the log', async () => {
  const running = await follow();
  await print(`before\n${framed(body)}after\n`);
  expect(await end(running)).toMatchObject({ result: { message: 'done' }, tail: ['before', line, 'after'] });
});

test('that was printed before another worker took over is known to it', async () => {
  const running = await follow();
  await print(`before\n${framed(body)}`);
  const next = await takeOver(running);
  await print('after\n');
  expect(await end(next)).toMatchObject({ result: { message: 'done' }, tail: ['before', line, 'after'], warnings: [] });
});

test('that was half printed when another worker took over is read by it from its begin', async () => {
  const frame = framed(body);
  const running = await follow();
  await print(`before\n${frame.slice(0, 120)}`);
  expect(world.log(ref)).toBe('before\n');
  const next = await takeOver(running);
  await print(frame.slice(120));
  expect(await end(next)).toMatchObject({ result: { message: 'done' }, tail: ['before', line], warnings: [] });
});

test('that the store did not acknowledge is one', async () => {
  const running = await follow();
  world.store.fail('appendLog', 'answerLost', 'away');
  await print(`before\n${framed(body)}`);
  await world.clock.advance(5000);
  expect(await end(running)).toMatchObject({ result: { message: 'done' }, tail: ['before', line] });
});

test('of a run whose pod is gone when its end is seen counts all the same', async () => {
  world.cluster.slowController = true;
  const running = await follow();
  await print(framed(body));
  world.cluster.exit(pod, 0);
  await world.clock.advance(minute);
  world.cluster.conclude(world.cluster.job(ref.name));
  world.cluster.pods.clear();
  expect(await running.promise).toMatchObject({ result: { message: 'done' }, warnings: [] });
});

test('whose end never comes fails the run, with what is missing, and is in the log as it was printed', async () => {
  const half = framed(body).slice(0, 180);
  const running = await follow();
  await print(`before\n${half}`);
  world.cluster.exit(pod, 0);
  await world.clock.advance(minute);
  const came = half.length - half.indexOf('\n') - 1;
  expect(await world.failure(running)).toMatchObject({
    type: 'RESULT_INVALID',
    message: `the framed result in the log is not valid: its marker says ${body.length} bytes, and ${came} came without a second marker`,
  });
  expect(world.log(ref)).toBe(`before\n${half}`);
});

test('of a run that is ended before its time is not taken for broken while the program may go on', async () => {
  const frame = framed(body);
  const running = world.run('awaitRun', world.awaitInput(ref, { timeoutMs: 60_000 }));
  await settle();
  await print(frame.slice(0, 120));
  await world.clock.advance(2 * minute);
  expect(await world.failure(running)).toMatchObject({ type: 'JOB_TIMED_OUT' });
  world.cluster.onTerm = () => {
    world.cluster.print(pod, frame.slice(120));
    world.cluster.exit(pod, 0);
  };
  const ending = world.run('endRun', world.endInput(ref));
  await world.clock.advance(minute);
  expect(await ending.promise).toMatchObject({ end: { result: JSON.parse(body) } });
  expect(world.log(ref)).toBe(`${line}\n`);
});

test('before its time was over is told with the time-out, and with a cancel', async () => {
  const running = world.run('awaitRun', world.awaitInput(ref, { timeoutMs: 60_000 }));
  await settle();
  await print(framed(body));
  await world.clock.advance(2 * minute);
  const { details } = await world.failure(running);
  expect(details).toMatchObject([{ result: JSON.parse(body) }]);
  world.cluster.onTerm = () => world.cluster.exit(pod, 143);
  const ending = world.run('endRun', world.endInput(ref));
  await world.clock.advance(minute);
  expect(await ending.promise).toMatchObject({ run: 1, end: { result: JSON.parse(body), exitCode: 143 } });
});

test('that is large keeps its links and outputs with the run, those that are short', async () => {
  const link = { url: 'https://x.test/plan', name: 'plan' };
  const [long, short] = [
    { name: 'log', text: 'x'.repeat(5000) },
    { name: 'serial', text: '7' },
  ];
  const running = await follow();
  await print(framed(JSON.stringify({ outputs: [long, short], externalLinks: [link] })));
  const { largeResult } = await end(running);
  expect(largeResult).toMatchObject({ outputs: [short], externalLinks: [link] });
  expect(largeResult).not.toHaveProperty('message');
});

test('that is large is stored apart and referred to', async () => {
  const large = JSON.stringify({ message: 'big', data: 'x'.repeat(200_000) });
  const running = await follow();
  await print(framed(large));
  const ended = await end(running);
  expect(ended).toMatchObject({ largeResult: { digest: sha256(large), bytes: large.length, message: 'big' } });
  expect(JSON.stringify(ended).length).toBeLessThan(1000);
  expect(world.store.run(ref.key).log.large.get(sha256(large))?.toString()).toBe(large);
});
