import type { Issue } from '../config/documents.js';
import type { PlanIssue } from '../config/plan-issue.js';
import { readYaml } from '../config/yaml.js';
import type { StoredConfig } from './ports.js';

/** Mistakes in a plan with their places, each once though several channels have it: the file is the name of the stored document, as `towpath configs get` prints it. */
export function placed(issues: readonly PlanIssue[], configs: readonly StoredConfig[]): Issue[] {
  const all = issues.map(({ document, code, message, hint, severity = 'error', path }) => {
    const stored = configs.find(({ kind, key }) => `${kind}/${key}` === document);
    const [yaml] = stored ? readYaml({ path: document, text: stored.text }).documents : [];
    const words = { code, message, severity, ...(hint === undefined ? {} : { hint }) };
    return yaml
      ? yaml.issue({ ...words, path } as Parameters<typeof yaml.issue>[0])
      : { ...words, path: path.join('.') };
  });
  return [...new Map(all.map((issue) => [JSON.stringify(issue), issue])).values()];
}
