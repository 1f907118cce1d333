import type { Catalog } from '../catalog.js';
import type { Kind } from '../documents.js';
import { quoted, type Found } from '../issue.js';
import { suggestion } from '../suggest.js';

/** A document that is referred to and is not there; whether that is an error depends on who could have it. */
export interface Missing {
  kind: Kind;
  /** Only a linked cluster would do, not an extension. */
  linked?: true;
}

export type RuleFound = Found & { missing?: Missing };
export type Report = (found: RuleFound) => void;
/** A rule reports what a document says wrongly of others, or of itself as a whole. */
export type Rule<T> = (document: T, catalog: Catalog, report: Report) => void;

interface Reference {
  name: string;
  path: Found['path'];
  kind: Kind;
  /** Those that exist, by name. */
  known: ReadonlyMap<string, unknown>;
  linked?: true;
}

const words: Record<Kind, string> = {
  runtime: 'runtime',
  containerRegistry: 'container registry',
  protection: 'protection',
  deliveryExtension: 'delivery extension',
  application: 'application',
  service: 'service',
};

/** Reports a reference to a document that does not exist; one that is there but broken has been reported itself. */
export function mustExist({ name, path, kind, known, linked }: Reference, catalog: Catalog, report: Report): void {
  if (known.has(name) || catalog.isBroken(kind, name)) return;
  report({
    code: 'UNKNOWN_REFERENCE',
    path,
    message: `${words[kind]} ${quoted(name)} does not exist`,
    hint: suggestion(name, [...known.keys(), ...catalog.brokenNames(kind)]),
    missing: { kind, ...(linked && { linked }) },
  });
}
