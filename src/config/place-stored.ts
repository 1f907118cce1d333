import type { Issue } from './documents.js';
import { showPath, type Path } from './issue.js';
import { optionIssue, placeIssue, showPlanIssue } from './plan/issues.js';
import type { PlanIssue } from './plan/rendering.js';
import type { Placed } from './read.js';
import { inText } from './read-manifest.js';
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

/** Of a manifest in a file only the content is stored: a mistake in it stands where the document names it. */
function placesIn(path: string, text: string): ((found: Placed) => Issue) | undefined {
  const [yaml] = readYaml({ path, text }).documents;
  if (!yaml) return undefined;
  const { written, value } = inspect(Document, yaml.value);
  return ({ inManifest, ...found }) => {
    if (!inManifest) return yaml.issue({ ...found, path: written(found.path) });
    const config = [...inManifest, 'kubernetesConfig'];
    const inlined = valueAt(value, [...config, 'inlined']);
    if (typeof inlined === 'string') {
      const [job] = readYaml({ path: '', text: inlined }).documents;
      if (job) return yaml.issue(inText(job.issue(found), inlined, written([...config, 'inlined'])));
    }
    const message = `${showPath(found.path)}: ${found.message}`;
    const at = written([...config, 'local', 'path']);
    return yaml.issue({ ...found, path: at, offset: undefined, atKey: false, message });
  };
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    value,
  );
