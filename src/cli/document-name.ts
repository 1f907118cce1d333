import { kinds, type Kind } from '../config/documents.js';
import { suggestion } from '../config/suggest.js';
import { TowpathError } from '../release/towpath-error.js';

/** Reads `KIND/NAME`, for a service `service/APP/NAME`. */
export function parseDocumentName(text: string): { kind: Kind; key: string } {
  const [word = '', ...rest] = text.split('/');
  const kind = kinds.find((each) => each === word);
  if (kind !== undefined && rest.length > 0) return { kind, key: rest.join('/') };
  throw new TowpathError('BAD_REQUEST', `"${text}" does not name a document`, {
    hint: rest.length === 0 ? 'write KIND/NAME, such as runtime/my-runtime' : suggestion(word, kinds),
  });
}
