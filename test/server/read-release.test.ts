import { beforeEach, expect, test } from '@jest/globals';
import type { ReleaseRow, ServerStore } from '../../src/server/ports.js';
import type { ReleaseView } from '../../src/release/view.js';
import { channel, releaseView } from '../cli/views.js';
import { FakeReleaseClient } from '../fakes/release-client.js';
import { allowed, appOf } from './app-of.js';

const soon = new Date(Date.now() + 3_600_000).toISOString();
const before = new Date(Date.now() - 3_600_000).toISOString();
const failed: ReleaseView = {
  ...releaseView(6, [channel('staging', { status: 'FAILED' })]),
  endedAt: before,
  retryUntil: soon,
};
const { id } = failed;
const again = releaseView(7, [channel('staging', { status: 'CONVERGING' })]);
const done: ReleaseView = { ...releaseView(9, [channel('staging', { status: 'CONVERGED' })]), endedAt: before };

let releases: FakeReleaseClient;
/** Releases that were asked for their live view, one entry a question. */
let asked: string[];
beforeEach(() => {
  releases = new FakeReleaseClient();
  asked = [];
  const view = releases.view.bind(releases);
  releases.view = (of) => {
    asked.push(of);
    return view(of);
  };
});

/** The API on a store that has one release, whose change is told at once. */
function serve(stored: ReleaseView, { changed = () => undefined }: { changed?: () => void } = {}) {
  const store: Partial<ServerStore> = {
    release: () => Promise.resolve({ id, view: stored, startedAt: before } as ReleaseRow),
    runs: () => Promise.resolve([]),
    served: () => Promise.resolve(new Map([['ops', { workers: 1 }]])),
    waitForChange: () => Promise.resolve(changed()),
  };
  const app = appOf({ store, releases });
  return async (path: string): Promise<string> =>
    (await app.request(`/api/v1/releases/${id}${path}`, { headers: allowed })).text();
}

const viewsIn = (text: string): ReleaseView[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as ReleaseView);

test.each<[string, ReleaseView, ReleaseView | undefined, { shown: ReleaseView; questions: number }]>([
  ['a failed release that runs again', failed, again, { shown: again, questions: 1 }],
  ['a failed release that nobody has retried', failed, { ...failed }, { shown: failed, questions: 1 }],
  ['a failed release that no worker tells of', failed, undefined, { shown: failed, questions: 1 }],
  ['a release whose failure was just written', failed, { ...again, sequence: 6 }, { shown: failed, questions: 1 }],
  ['a release that was reset in Temporal', again, { ...again, sequence: 3 }, { shown: again, questions: 1 }],
  [
    'a failed release that can be retried no more',
    { ...failed, retryUntil: before },
    again,
    { shown: { ...failed, retryUntil: before }, questions: 0 },
  ],
  ['a release that converged', done, again, { shown: done, questions: 0 }],
])('%s is shown by the newer of what is stored and what it says', async (_, stored, live, { shown, questions }) => {
  if (live) releases.views.set(id, live);
  expect(JSON.parse(await serve(stored)(''))).toEqual(shown);
  expect(asked).toHaveLength(questions);
});

test('whoever watches a release that was retried sees it to its end, before the retry is in the store', async () => {
  releases.views.set(id, again);
  const read = serve(failed, { changed: () => void releases.views.set(id, done) });
  expect(viewsIn(await read('/events')).map(({ status }) => status)).toEqual(['CONVERGING', 'CONVERGED']);
});

test('whoever watches a failed release that nobody retries sees one view, and the end', async () => {
  releases.views.set(id, failed);
  expect(viewsIn(await serve(failed)('/events'))).toEqual([failed]);
});
