import type { JsonObject } from '../release/plan.js';
import type { Env, EnvValue } from './fields.js';
import type { Path } from './issue.js';
import { renderText, type Rendering } from './plan-issue.js';

export interface EnvSource {
  env: Env;
  path: Path;
  /** How its texts are rendered: the service's, or the runtime's parameters. */
  rendering: Rendering;
}

/** Later sources win, name by name (docs/spec.md §7.6). */
export function mergeEnv(sources: EnvSource[]): Map<string, EnvValue> {
  const merged = new Map<string, EnvValue>();
  for (const { env, path, rendering } of sources)
    for (const [name, entry] of Object.entries(env)) {
      const value =
        entry.value === undefined ? entry : { value: renderText(entry.value, [...path, name, 'value'], rendering) };
      merged.delete(name);
      merged.set(name, value);
    }
  return merged;
}

/** As Kubernetes wants it; a Secret stays a reference. */
export function envEntry(name: string, { value, kubernetesSecret }: EnvValue): JsonObject {
  if (!kubernetesSecret) return { name, value: escapeExpansion(value ?? '') };
  return { name, valueFrom: { secretKeyRef: { name: kubernetesSecret.secretName, key: kubernetesSecret.key } } };
}

/** `$(NAME)` in a value would be expanded by Kubernetes: a value is data, so it is escaped. */
const escapeExpansion = (text: string): string => text.replaceAll('$(', '$$(');

/** What every run knows, but for release and run (docs/spec.md §7.6). */
export const ownEnv = (of: {
  service: string;
  channel: string;
  application: string;
  version: string;
}): JsonObject[] => [
  { name: 'PVN_SERVICE', value: of.service },
  { name: 'PVN_RELEASE_CHANNEL', value: of.channel },
  { name: 'PVN_APPLICATION', value: of.application },
  { name: 'PVN_SERVICE_VERSION', value: of.version },
  { name: 'TOWPATH_RESULT_PATH', value: '/towpath/result.json' },
];
