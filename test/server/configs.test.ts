import { expect, test } from '@jest/globals';
import type { NewConfig, ServerStore, StoredConfig } from '../../src/server/ports.js';
import { applyConfigs } from '../../src/server/configs.js';
import { revertConfig } from '../../src/server/revert-config.js';
import { FakeConfigStore } from '../fakes/config-store.js';
import { body, example } from './example.js';

/** Notes when its transaction begins, and when a text that was handed out is read. */
class WatchedStore extends FakeConfigStore {
  readonly seen: string[] = [];

  override applyConfigs(decide: (stored: StoredConfig[]) => NewConfig[], by: string) {
    this.seen.push('transaction');
    return super.applyConfigs(decide, by);
  }

  override async config(...of: Parameters<FakeConfigStore['config']>): Promise<StoredConfig | undefined> {
    const found = await super.config(...of);
    return found && this.watched(found);
  }

  watched<T extends { text: string }>(of: T): T {
    const { text } = of;
    const note = (): string => {
      if (this.seen.at(-1) !== 'read') this.seen.push('read');
      return text;
    };
    return Object.defineProperty({ ...of }, 'text', { enumerable: true, get: note });
  }

  asServer(): ServerStore {
    return this as unknown as ServerStore;
  }
}

test('files are read before the transaction that stores them, which must not stand idle', async () => {
  const store = new WatchedStore();
  const { files, attachments } = body(example);
  await applyConfigs(store.asServer(), { files: files.map((file) => store.watched(file)), attachments }, 'ann');
  expect(store.seen).toEqual(['read', 'transaction']);
});

test('so is the version that is reverted to', async () => {
  const store = new WatchedStore();
  await applyConfigs(store.asServer(), body(example), 'ann');
  const tagged = example['runtime.pvn.yaml'].replace('my-tag', 'second');
  await applyConfigs(store.asServer(), body({ 'runtime.pvn.yaml': tagged }), 'ann');
  store.seen.length = 0;
  await revertConfig(store, { kind: 'runtime', key: 'my-custom-runtime', version: 2 }, 'bob');
  expect(store.seen).toEqual(['read', 'transaction']);
});
