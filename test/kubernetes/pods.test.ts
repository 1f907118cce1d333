import { expect, jest, test } from '@jest/globals';
import { ApiException } from '@kubernetes/client-node';
import type { Api, Clients } from '../../src/kubernetes/api.js';
import { createListPods } from '../../src/kubernetes/pods.js';

interface Asked {
  resourceVersion?: string;
  resourceVersionMatch?: string;
  fieldSelector?: string;
}

/** An API server that answers a list from its cache with this status. */
function answering(status: number | undefined) {
  const asked: Asked[] = [];
  const core = {
    async listNamespacedPod({ resourceVersion, resourceVersionMatch, fieldSelector }: Asked) {
      asked.push({
        ...(resourceVersion ? { resourceVersion } : {}),
        ...(resourceVersionMatch ? { resourceVersionMatch } : {}),
        ...(fieldSelector ? { fieldSelector } : {}),
      });
      if (resourceVersion && status !== undefined) throw new ApiException(status, 'no', {}, {});
      return { items: [], metadata: { resourceVersion: '9' } };
    },
  };
  const ask: Api['ask'] = (work) => work({ core } as unknown as Clients);
  return { asked, list: createListPods({ ask, read: ask }) };
}

const cached: Asked = { resourceVersion: '7', resourceVersionMatch: 'NotOlderThan' };

test('pods of the time of their Job are asked of the cache, others as they are now', async () => {
  const { asked, list } = answering(undefined);
  await list('jobs', 'uid', 'main', { from: '7' });
  await list('jobs', 'uid', 'main');
  await list('jobs', 'uid', 'main', { from: '' });
  expect(asked).toEqual([cached, {}, {}]);
});

test('one pod is asked for by its name: the API server goes through no others for it', async () => {
  const { asked, list } = answering(undefined);
  await list('jobs', 'uid', 'main', { from: '7', name: 'pod' });
  expect(asked).toEqual([{ ...cached, fieldSelector: 'metadata.name=pod' }]);
});

test('a cache that was late is asked again after ten seconds, and then after twice as long', async () => {
  jest.useFakeTimers({ now: 0 });
  const { asked, list } = answering(504);
  const asksCache = async (): Promise<boolean> => {
    asked.length = 0;
    await list('jobs', 'uid', 'main', { from: '7' });
    return asked[0]?.resourceVersion !== undefined;
  };
  const after = async (ms: number): Promise<boolean> => {
    jest.advanceTimersByTime(ms);
    return asksCache();
  };
  const asks = [await asksCache(), await after(9999), await after(1), await after(10_000), await after(10_000)];
  expect(asks).toEqual([true, false, true, false, true]);
  jest.useRealTimers();
});

test.each([400, 410, 422, 504])('a cache that answers %s is not asked again for a while', async (status) => {
  const { asked, list } = answering(status);
  expect(await list('jobs', 'uid', 'main', { from: '7' })).toEqual({ items: [], resourceVersion: '9' });
  await list('jobs', 'uid', 'main', { from: '8' });
  expect(asked).toEqual([cached, {}, {}]);
});

test('a refusal is one, and nothing else is asked', async () => {
  const { asked, list } = answering(403);
  await expect(list('jobs', 'uid', 'main', { from: '7' })).rejects.toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  expect(asked).toEqual([cached]);
});
