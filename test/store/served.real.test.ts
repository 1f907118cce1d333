import { expect, test } from '@jest/globals';
import { runSql } from '../real/postgres.js';
import { useStore } from './use-store.js';

const here = useStore();

test('a cluster has the workers that serve it, and the trouble that all of them have', async () => {
  const { store } = here;
  const trouble = 'RUNTIME_UNREACHABLE: no answer';
  await store.reportServed('one', [{ name: 'ops', serves: true, trouble }]);
  await store.reportServed('two', [
    { name: 'ops', serves: true, trouble },
    { name: 'far', serves: false, trouble: 'RUNTIME_FORBIDDEN: no kubeconfig' },
  ]);
  expect(Object.fromEntries(await store.served())).toEqual({
    ops: { workers: 2, trouble },
    far: { workers: 0, trouble: 'RUNTIME_FORBIDDEN: no kubeconfig' },
  });
  await store.reportServed('one', [{ name: 'ops', serves: true, missing: ['delete jobs.batch'] }]);
  expect((await store.served()).get('ops')).toEqual({ workers: 2, missing: ['delete jobs.batch'] });
});

test('what a worker does not serve any more is gone with its next report', async () => {
  const { store } = here;
  await store.reportServed('one', [{ name: 'ops', serves: true }]);
  await store.reportServed('two', []);
  expect(Object.fromEntries(await store.served())).toEqual({ ops: { workers: 1 } });
  await store.reportServed('one', []);
  expect(await store.served()).toEqual(new Map());
});

test('a worker that is not heard of any more serves nothing, until it is', async () => {
  const { store, databaseUrl } = here;
  await store.reportServed('one', [{ name: 'ops', serves: true }]);
  await runSql(databaseUrl, `UPDATE served_clusters SET seen_at = now() - interval '21 seconds'`);
  expect(await store.served()).toEqual(new Map());
  await store.reportServed('one', [{ name: 'ops', serves: true }]);
  expect((await store.served()).get('ops')).toEqual({ workers: 1 });
});
