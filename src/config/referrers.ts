import { catalogOf, type Catalog } from './catalog.js';
import { documentKey } from './documents.js';
import type { ConfigDocument } from './model.js';
import { checkRules } from './rules/index.js';

/** Documents that name another one, by their keys: by the very rules that say so when it is missing. */
export function referrersOf(document: ConfigDocument, all: readonly ConfigDocument[]): string[] {
  const others = all.filter((each) => documentKey(each) !== documentKey(document));
  const [before, after] = [catalogOf(all), catalogOf(others)];
  return others.filter((each) => missing(each, after) > missing(each, before)).map(documentKey);
}

const missing = (document: ConfigDocument, catalog: Catalog): number =>
  checkRules(document, catalog).filter((found) => found.missing).length;
