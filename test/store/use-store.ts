import { afterAll, beforeAll } from '@jest/globals';
import { openStore, type Store } from '../../src/store/open.js';
import { startPostgres, type RealPostgres } from '../real/postgres.js';

export interface RealStore {
  readonly store: Store;
  readonly databaseUrl: string;
}

/** A store on a database of its own, for all tests of a file. */
export function useStore(): RealStore {
  let postgres: RealPostgres | undefined;
  let store: Store | undefined;
  beforeAll(async () => {
    postgres = await startPostgres();
    store = await openStore({ databaseUrl: postgres.databaseUrl });
  });
  afterAll(async () => {
    await store?.close();
    await postgres?.stop();
  });
  const opened = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the store is open while tests run');
    return part;
  };
  return {
    get store() {
      return opened(store);
    },
    get databaseUrl() {
      return opened(postgres).databaseUrl;
    },
  };
}
