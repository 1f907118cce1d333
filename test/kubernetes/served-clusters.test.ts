import { beforeEach, expect, test } from '@jest/globals';
import type { JobGateway } from '../../src/activities/ports.js';
import { serveLinked } from '../../src/kubernetes/served-clusters.js';
import { TowpathError } from '../../src/release/towpath-error.js';

interface Link {
  context: string;
}

let linked: { name: string; link: Link }[];
let readable: string[];
let warnings: string[];
let served: Map<string, () => JobGateway>;
let round: () => Promise<unknown>;
let stopped: string[];
let unservable: string | undefined;
beforeEach(() => {
  linked = [{ name: 'ops', link: { context: 'ops' } }];
  readable = ['ops'];
  warnings = [];
  stopped = [];
  unservable = undefined;
  served = new Map();
  round = serveLinked<Link>({
    linked: () => Promise.resolve(linked),
    open: ({ context }) => {
      if (!readable.includes(context)) throw new TowpathError('RUNTIME_FORBIDDEN', `no context "${context}"`);
      return { context } as unknown as JobGateway;
    },
    async serve(name, gateway) {
      if (name === unservable) throw new Error('no connection');
      served.set(name, gateway);
      return () => void stopped.push(name);
    },
    refused: (name, error) => void warnings.push(`${name}: ${error.message}`),
  });
});
const contexts = (): unknown[] => [...served.values()].map((gateway) => (gateway() as unknown as Link).context);

test('a cluster is served once, and with the link as it is now', async () => {
  await round();
  await round();
  linked = [{ name: 'ops', link: { context: 'other' } }];
  readable.push('other');
  const [gateway] = served.values();
  await round();
  expect([served.size, [...served.values()][0] === gateway, contexts()]).toEqual([1, true, ['other']]);
});

test('one that cannot be opened is said once, and served when it can', async () => {
  readable = [];
  await round();
  await round();
  expect([warnings, served.size]).toEqual([['ops: no context "ops"'], 0]);
  readable = ['ops'];
  await round();
  expect(contexts()).toEqual(['ops']);
});

test('a changed link that cannot be opened leaves the old one in use', async () => {
  await round();
  linked = [{ name: 'ops', link: { context: 'typo' } }];
  await round();
  expect([contexts(), warnings]).toEqual([['ops'], ['ops: no context "typo"']]);
});

test('one that is not linked any more is not served any more, and served again when it is', async () => {
  await round();
  linked = [];
  await round();
  await round();
  expect([stopped, contexts()]).toEqual([['ops'], ['ops']]);
  linked = [{ name: 'ops', link: { context: 'again' } }];
  readable.push('again');
  await round();
  expect([stopped, contexts()]).toEqual([['ops'], ['again']]);
});

test('a round says of each cluster whether it is served, and why not', async () => {
  readable = [];
  expect(await round()).toEqual([{ name: 'ops', refusal: expect.objectContaining({ code: 'RUNTIME_FORBIDDEN' }) }]);
  readable = ['ops'];
  expect(await round()).toEqual([{ name: 'ops', gateway: { context: 'ops' } }]);
  linked = [{ name: 'ops', link: { context: 'typo' } }];
  expect(await round()).toEqual([
    { name: 'ops', gateway: { context: 'ops' }, refusal: expect.objectContaining({ code: 'RUNTIME_FORBIDDEN' }) },
  ]);
});

test('one that cannot be served is said, served when it can, and keeps nobody else from being served', async () => {
  linked = ['first', 'ops'].map((name) => ({ name, link: { context: 'ops' } }));
  unservable = 'first';
  await round();
  expect(await round()).toMatchObject([
    { name: 'first', refusal: { code: 'INTERNAL' } },
    { name: 'ops', gateway: {} },
  ]);
  expect([warnings, [...served.keys()]]).toEqual([
    ['first: it cannot be served; the log of the worker says why'],
    ['ops'],
  ]);
  unservable = undefined;
  await round();
  expect([...served.keys()]).toEqual(['ops', 'first']);
});
