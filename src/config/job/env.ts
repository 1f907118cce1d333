import type { JsonObject } from '../../release/plan.js';
import { asData } from '../expand.js';
import type { Path } from '../issue.js';
import type { EnvEntry } from '../model.js';
import { openText, renderText, reportTo, type Rendering, type TextAt } from '../plan/rendering.js';
import { Secret } from '../template/data.js';
import { secretPassedOn } from '../template/secret.js';

/** One of the sources of docs/spec.md §7.6, and the data that its texts are rendered with. */
export interface EnvSource {
  env: readonly EnvEntry[];
  path: Path;
  rendering: Rendering;
}

/** A variable, and where the entry that won was written. */
export interface Variable {
  name: string;
  entry: JsonObject;
  fromSecret: boolean;
  path: Path;
  rendering: Rendering;
}

/** Later sources win, name by name, and stand behind earlier ones: so they may refer to those with `$(NAME)`. */
export function mergeEnv(sources: readonly EnvSource[]): Variable[] {
  const merged = new Map<string, Variable>();
  for (const { env, path, rendering } of sources)
    for (const each of env) {
      const at = [...path, each.name];
      merged.delete(each.name);
      const entry = entryOf(each, at, rendering);
      merged.set(each.name, { name: each.name, fromSecret: 'valueFrom' in entry, path: at, rendering, entry });
    }
  return [...merged.values()];
}

/** As Kubernetes wants it; a Secret stays a reference. */
function entryOf(entry: EnvEntry, path: Path, rendering: Rendering): JsonObject {
  const { name } = entry;
  if ('secret' in entry)
    return { name, valueFrom: { secretKeyRef: { name: entry.secret.name, key: entry.secret.key } } };
  const secret = secretVariable(entry.value, { path: [...path, 'value'] }, rendering);
  if (secret) return { name, ...secret };
  return { name, value: renderText(entry.value, { path: [...path, 'value'], expanded: true }, rendering) };
}

/** A variable whose value is a secret parameter becomes a reference (docs/spec.md §3.5); undefined for any other. */
export function secretVariable(text: string, at: TextAt, rendering: Rendering): JsonObject | undefined {
  const secret = secretPassedOn(text, rendering.scope);
  if (secret === undefined) return undefined;
  if (secret === 'absent')
    reportTo(rendering, { ...at, code: 'PARAMETER_MISSING', message: 'the secret that it passes on has no value' });
  const { name, key } = secret instanceof Secret ? secret : { name: openText, key: openText };
  return { valueFrom: { secretKeyRef: { name, key } } };
}

export const resultPath = '/towpath/result.json';

/** The names that a Job is told by. */
export interface Instance {
  application: string;
  service: string;
  channel: string;
  /** Display name of the service version. */
  version: string;
}

/** What every run knows but for its release and number, which `beginRun` adds. First, so that other variables can refer to them. */
export const ownVariables = ({ service, channel, application, version }: Instance): JsonObject[] => [
  { name: 'PVN_SERVICE', value: service },
  { name: 'PVN_RELEASE_CHANNEL', value: channel },
  { name: 'PVN_APPLICATION', value: application },
  { name: 'PVN_SERVICE_VERSION', value: asData(version) },
  { name: 'TOWPATH_RESULT_PATH', value: resultPath },
];
