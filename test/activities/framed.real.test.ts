import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RealWorld } from './real-world.js';
import { sha256 } from './framed.js';

const world = new RealWorld();
beforeAll(() => world.begin());
afterAll(() => world.scene.end());

const helper = readFileSync('docs/reference/towpath-result.sh', 'utf8');

/** A run of a shell script that has the helper as `$HELPER`. */
async function ended(script: string) {
  const fixed = { HELPER: helper, PVN_RELEASE_CHANNEL: 'staging', TOWPATH_RESULT_PATH: '/tmp/result.json' };
  const env = Object.entries(fixed).map(([name, value]) => ({ name, value }));
  const command = ['sh', '-c', `report() { sh -c "$HELPER"; }\n${script}`];
  const ref = await world.begun(world.beginInput({ steps: [] }, { container: { command, env } }));
  return { ref, running: world.run('awaitRun', world.awaitInput(ref)) };
}
const zeros = (count: number): string => `head -c ${count} /dev/zero | tr '\\0' x`;
const bigOf = (count: number): string => `{ printf '{"message":"big","data":"'; ${zeros(count)}; printf '"}'; }`;
const big = (count: number): string => `{"message":"big","data":"${'x'.repeat(count)}"}`;

test.each([5000, 16_384, 262_144 - 27])(
  'a result with a line of %i characters comes through the log of a real node',
  async (count) => {
    const { ref, running } = await ended(`printf before; ${bigOf(count)} | report; echo after`);
    const body = big(count);
    const largeResult = { digest: sha256(body), bytes: body.length, message: 'big' };
    const line = `[result: ${body.length} bytes]`;
    expect(await running.promise).toMatchObject({ largeResult, tail: ['before', line, 'after'], warnings: [] });
    expect(world.store.run(ref.key).log.large.get(largeResult.digest)?.toString()).toBe(body);
  },
);

test('what is printed into a frame meanwhile breaks it, and the run says so', async () => {
  const broken = `${bigOf(3000)} | report | sed 's/^{/noise{/'; echo after`;
  const { ref, running } = await ended(broken);
  expect(await world.failure(running)).toMatchObject({
    type: 'RESULT_INVALID',
    message: expect.stringContaining('its marker says 3027 bytes, and 3032 came') as unknown,
  });
  expect(world.log(ref)).toContain('noise{"message":"big"');
});

test('a program that prints its own log has one result', async () => {
  const { running } = await ended(`${bigOf(3000)} | report > /tmp/log; cat /tmp/log /tmp/log`);
  expect(await running.promise).toMatchObject({ result: { message: 'big' }, warnings: [] });
});
