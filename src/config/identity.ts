import { documentKey, kinds, type DocumentName, type Kind } from './documents.js';
import { isFields } from './schema/define.js';
import { Document } from './schema/document.js';
import { nameOf } from './schema/key.js';

/** What a document calls itself, as far as that can be read: also of one that is wrong. */
export interface Identity {
  /** `runtime/vm`; `runtime/*` when the name cannot be read, `*` when not even the kind can. */
  key: string;
  kind?: Kind;
}

const unknown: Identity = { key: '*' };

export function identityOf(document: unknown): Identity {
  if (!isFields(document)) return unknown;
  const fields = new Map(Object.entries(document).map(([key, value]) => [nameOf(key, Document), value]));
  const kind = kinds.find((each) => fields.has(each));
  if (!kind) return unknown;
  const body = fields.get(kind);
  const { name, application } = isFields(body) ? body : {};
  const readable = typeof name === 'string' && (kind !== 'service' || typeof application === 'string');
  if (!readable) return { key: `${kind}/*`, kind };
  const named: DocumentName = kind === 'service' ? { kind, name, application: String(application) } : { kind, name };
  return { key: documentKey(named), kind };
}
