import { TowpathError } from '../release/towpath-error.js';
import type { NewConfig } from '../server/ports.js';

interface Newest {
  version: number;
  digest: string;
  revertedTo: number | null;
}

/** Whether a document gets a new version after its newest one, and the number that it has then. Throws to refuse. */
export function nextVersion(newest: Newest | undefined, config: NewConfig): { version: number; changed: boolean } {
  const { kind, key, digest, again, after } = config;
  const now = newest?.version ?? 0;
  if (after !== undefined && after !== now) {
    if (isRepeated(newest, config)) return { version: now, changed: false };
    throw new TowpathError('NOT_ALLOWED', `${kind}/${key} is at version ${now} by now, not ${after}`, {
      hint: 'look at it again, and change it then',
    });
  }
  if (newest?.digest === digest && newest.version !== again) return { version: now, changed: false };
  return { version: now + 1, changed: true };
}

/** The answer to a revert was lost, and the request came again. */
const isRepeated = (newest: Newest | undefined, { after = 0, revertedTo }: NewConfig): boolean =>
  newest?.version === after + 1 && revertedTo !== undefined && newest.revertedTo === revertedTo;
