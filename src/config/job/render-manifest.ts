import type { Json, JsonObject } from '../../release/plan.js';
import type { Path } from '../issue.js';
import { isOpen, renderText, reportTo, type Rendering } from '../plan/rendering.js';

/**
 * Renders every text and key of a manifest inside of the parsed tree, so that a value can never become structure
 * (docs/spec.md §6.2). Fields that are null are left out, as Kubernetes does.
 */
export const renderManifest = (job: JsonObject, command: Path, rendering: Rendering): JsonObject =>
  renderMap(job, [], { ...rendering, command });

/** With the path of the command whose manifest it is. */
type InManifest = Rendering & { command: Path };

function renderValue(value: Json, path: Path, rendering: InManifest): Json {
  if (typeof value === 'string')
    return renderText(value, { path, inManifest: rendering.command, expanded: isExpanded(path) }, rendering);
  if (Array.isArray(value)) return value.map((item, i) => renderValue(item, [...path, i], rendering));
  return typeof value === 'object' && value !== null ? renderMap(value, path, rendering) : value;
}

function renderMap(map: JsonObject, path: Path, rendering: InManifest): JsonObject {
  const rendered: JsonObject = {};
  for (const [written, value] of Object.entries(map)) {
    if (value === null) continue;
    const at = { path: [...path, written], inManifest: rendering.command, atKey: true };
    const key = renderText(written, at, rendering);
    if (key === '__proto__' || (Object.hasOwn(rendered, key) && !isOpen(key)))
      reportTo(rendering, {
        ...at,
        code: 'DUPLICATE_KEY',
        message: `the key is rendered to ${JSON.stringify(key)}, which is there already or not allowed`,
      });
    else rendered[key] = renderValue(value, [...path, written], rendering);
  }
  return rendered;
}

/** Fields of a container in which Kubernetes expands `$(NAME)`. */
const expanded = [
  /^(?:command|args)\.\d+$/,
  /^env\.\d+\.value$/,
  /^volumeMounts\.\d+\.subPathExpr$/,
  /^(?:liveness|readiness|startup)Probe\.exec\.command\.\d+$/,
];

function isExpanded(path: Path): boolean {
  const [spec, template, pod, containers, , ...field] = path;
  const inContainer = spec === 'spec' && template === 'template' && pod === 'spec';
  if (!inContainer || (containers !== 'containers' && containers !== 'initContainers')) return false;
  return expanded.some((pattern) => pattern.test(field.join('.')));
}
