export { release } from './release.js';
export { reconciler } from './reconciler.js';
