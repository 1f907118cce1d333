import type { Json, JsonObject } from '../../release/plan.js';
import { quoted, type Path } from '../issue.js';
import { isOpen, renderText, reportTo, type Rendering } from '../plan/rendering.js';
import { secretVariable } from './env.js';
import { scalarAt } from './manifest-scalars.js';

/**
 * Renders every text and key of a manifest inside of the parsed tree, so that a value can never become structure
 * (docs/spec.md §6.2). Fields that are null are left out, as Kubernetes does.
 */
export const renderManifest = (job: JsonObject, command: Path, rendering: Rendering): JsonObject =>
  renderMap(job, [], { ...rendering, command });

/** With the path of the command whose manifest it is. */
type InManifest = Rendering & { command: Path };

/** Undefined for a number or boolean that is open: nothing can be said of it, so it is left out. */
function renderValue(value: Json, path: Path, rendering: InManifest): Json | undefined {
  if (typeof value === 'string') return renderScalar(value, path, rendering);
  if (Array.isArray(value)) {
    const items = value.map((item, i) => renderValue(item, [...path, i], rendering));
    return items.filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  return isVariable(path) ? renderVariable(value, path, rendering) : renderMap(value, path, rendering);
}

/** A text, or where Kubernetes takes a number or a boolean the one that it says (docs/spec.md §6.2). */
function renderScalar(text: string, path: Path, rendering: InManifest): Json | undefined {
  const at = { path, inManifest: rendering.command };
  const rendered = renderText(text, { ...at, expanded: isExpanded(path) }, rendering);
  const scalar = scalarAt(path);
  if (scalar === 'text') return rendered;
  if (isOpen(rendered)) return undefined;
  if (scalar === 'boolean' && (rendered === 'true' || rendered === 'false')) return rendered === 'true';
  if (scalar !== 'boolean' && isInteger(rendered)) return Number(rendered);
  if (scalar === 'integerOrName') return rendered;
  const wanted = scalar === 'boolean' ? 'true or false' : 'a whole number';
  reportTo(rendering, { ...at, code: 'MANIFEST_FIELD', message: `must be ${wanted}, and is ${quoted(rendered)}` });
  return undefined;
}

const isInteger = (text: string): boolean => /^-?[0-9]+$/.test(text) && Number.isSafeInteger(Number(text));

/** A variable whose value is a secret parameter becomes a reference. */
function renderVariable(variable: JsonObject, path: Path, rendering: InManifest): JsonObject {
  const { value, ...others } = variable;
  const at = { path: [...path, 'value'], inManifest: rendering.command };
  const secret = typeof value === 'string' ? secretVariable(value, at, rendering) : undefined;
  return secret ? { ...renderMap(others, path, rendering), ...secret } : renderMap(variable, path, rendering);
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
    else {
      const item = renderValue(value, [...path, written], rendering);
      if (item !== undefined) rendered[key] = item;
    }
  }
  return rendered;
}

/** An entry of the `env` of a container. */
function isVariable(path: Path): boolean {
  const [spec, template, pod, containers, , env, , ...more] = path;
  const inContainer = spec === 'spec' && template === 'template' && pod === 'spec';
  return (
    inContainer &&
    (containers === 'containers' || containers === 'initContainers') &&
    env === 'env' &&
    more.length === 0
  );
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
