import { unstorable } from '../unstorable.js';

/** Why a scalar cannot be taken as it reads. */
export function scalarProblem(value: unknown): string | undefined {
  if (typeof value === 'string') return unstorable(value);
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return 'must be a finite number';
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'a whole number beyond 2^53-1 would lose digits; quote it if it is text';
  return undefined;
}
