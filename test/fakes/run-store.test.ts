import { describeRunStore, type TestStore } from '../store/run-store-contract.js';
import { FakeRunStore } from './run-store.js';

function fakeStore(): TestStore {
  const store = new FakeRunStore();
  const numbers = new Map<string, number>();
  return {
    store,
    instance(of) {
      const { turns, lastRun, stable } = store.instance(of);
      const { holder, entrants } = turns;
      const seen = stable ? { release: stable.release, digest: stable.digest } : null;
      return Promise.resolve({ holder, entrants, lastRun, stable: seen });
    },
    signalled(service, message) {
      const prefix = `release/my-app/${service}/`;
      const mine = store.signals.filter(([workflow, sent]) => workflow.startsWith(prefix) && sent === message);
      return Promise.resolve(mine.map(([workflow]) => Number(workflow.slice(prefix.length))));
    },
    createRelease(service) {
      const number = (numbers.get(service) ?? 0) + 1;
      numbers.set(service, number);
      return Promise.resolve(number);
    },
    giveTurnTo(of, release) {
      const instance = store.instance(of);
      instance.turns = { ...instance.turns, holder: release };
      return Promise.resolve();
    },
    view: (id) => Promise.resolve(store.views.get(id)),
    addRequest(id, release) {
      const what = { kind: 'decide', channel: 'production', gate: 'approval', decision: 'approve' } as const;
      store.requests.set(id, { id, release, ...what, by: 'ann', releaseDigest: 'd', createdAt: store.now() });
      return Promise.resolve();
    },
    requestOutcome: (id) => Promise.resolve(store.requests.get(id)?.outcome),
    async beginEpoch() {
      store.epoch += 1;
    },
    stop: () => Promise.resolve(),
  };
}

describeRunStore(() => Promise.resolve(fakeStore()));
