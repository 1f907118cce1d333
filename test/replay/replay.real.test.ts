import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, test } from '@jest/globals';
import { recorded } from './histories.js';

const built = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
const options = {
  workflowBundle: { codePath: built('workflow-bundle.js') },
  replayName: 'histories',
};

if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR') });

/** No server is asked: a release that began under an earlier version goes on under this one. */
describe('replayed by the code of today', () => {
  test.each(recorded().map(({ version, name, text }) => [version, name, text] as const))(
    '%s: %s',
    async (_, name, text) => {
      const replay = Worker.runReplayHistory(options, historyFromJSON(JSON.parse(text)), `release/my-app/${name}/1`);
      await expect(replay).resolves.toBeUndefined();
    },
  );

  test('there is something to replay, and a history that does not fit is noticed', async () => {
    const [one] = recorded().filter(({ name }) => name === 'converged');
    const text = (one?.text ?? '').replaceAll('"beginRun"', '"begunRun"');
    const replay = Worker.runReplayHistory(options, historyFromJSON(JSON.parse(text)), 'release/my-app/forged/1');
    await expect(replay).rejects.toThrow(/TMPRL1100/);
  });
});
