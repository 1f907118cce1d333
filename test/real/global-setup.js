import path from 'node:path';
import { createStack, endLeftovers } from './stack.js';

/** Runs once before all real tests. What they connect to is in TEST_*; a stack that is named there already is used. */
export default async function setup() {
  if (process.env.TEST_KUBECONFIG !== undefined) return;
  const note = path.resolve('test-results', 'stack.json');
  await endLeftovers(note);
  const stack = createStack(note);
  globalThis.towpathStack = stack;
  try {
    Object.assign(process.env, await stack.start());
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
