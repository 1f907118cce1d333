import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { Script, workByScript } from './scripted.js';

export let temporal: RealTemporal;
/** Answers the steps of the releases of a test. */
export let script: Script;

/** For a file whose tests share a worker, each with a script of its own. */
export function useScript(): void {
  beforeAll(async () => {
    temporal = await openTemporal();
    await workByScript(temporal, () => script);
  });
  beforeEach(() => {
    script = new Script();
  });
  afterAll(() => temporal?.close());
}
