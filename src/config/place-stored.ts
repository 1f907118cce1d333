import type { Issue } from './documents.js';
import { showPath } from './issue.js';
import { optionIssue, placeIssue, showPlanIssue } from './plan/issues.js';
import type { PlanIssue } from './plan/rendering.js';
import type { Placed } from './read.js';
import { manifestPath } from './read-manifest.js';
import { Document } from './schema/document.js';
import { inspect } from './schema/inspect.js';
import { readYaml } from './yaml/read-yaml.js';

/**
 * Mistakes of a plan with their places in the texts that are stored, by document: the file is the document's name, as
 * `towpath configs get` takes it. A mistake in an option of the start stands under that option.
 */
export function placeStored(issues: readonly PlanIssue[], texts: ReadonlyMap<string, string>): Issue[] {
  const documents = new Map(
    [...new Set(issues.map(({ document }) => document))].flatMap((document) => {
      const issue = placesIn(document, texts.get(document) ?? '');
      return issue ? [[document, { issue }] as const] : [];
    }),
  );
  return issues.map((issue) => optionIssue(issue) ?? placeIssue(issue, documents) ?? showPlanIssue(issue));
}

/** Of a manifest only the content is stored: a mistake in it stands where the document names it. */
function placesIn(path: string, text: string): ((found: Placed) => Issue) | undefined {
  const [yaml] = readYaml({ path, text }).documents;
  if (!yaml) return undefined;
  const { written } = inspect(Document, yaml.value);
  return ({ inManifest, ...found }) => {
    if (!inManifest) return yaml.issue({ ...found, path: written(found.path) });
    const message = `${showPath(found.path)}: ${found.message}`;
    return yaml.issue({ ...found, path: written(manifestPath(inManifest)), offset: undefined, atKey: false, message });
  };
}
