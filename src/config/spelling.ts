import type { Found, Path } from './issue.js';

/** Maps whose keys are the user's own data. */
const ownKeys = ['env', 'defaultEnv'];

/** Members of one-of groups: written as null they mean an empty object, which has to be written. */
const members = [
  'manualApproval',
  'taskConfig',
  'kubernetesConfig',
  'string',
  'int',
  'dockerImage',
  'bool',
  'secret',
  'kubernetes',
  'extension',
  'custom',
];

export interface Spelled {
  value: unknown;
  /** The path as it was written, for a path in `value`. */
  written(path: Path): Path;
  found: Found[];
}

/** One spelling: snake_case field names become camelCase, null means absent (docs/spec.md §1.4). */
export function spell(value: unknown): Spelled {
  const found: Found[] = [];
  const renamed = new Map<string, string>();
  const walk = (node: unknown, path: Path, own: boolean): unknown => {
    if (Array.isArray(node)) return node.map((item, i) => walk(item, [...path, i], false));
    if (typeof node !== 'object' || node === null) return node;
    const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, child] of Object.entries(node)) {
      const name = own ? key : camel(key);
      if (name in result)
        found.push({
          code: 'DUPLICATE_KEY',
          path: [...path, key],
          atKey: true,
          message: `"${key}" and "${name}" are one field`,
        });
      if (name !== key) renamed.set(JSON.stringify([...path, name]), key);
      if (child === null && members.includes(name) && !own)
        found.push({
          code: 'ONE_OF',
          path: [...path, key],
          atKey: true,
          message: `"${key}" has no value`,
          hint: `write \`${key}: {}\``,
        });
      else if (child !== null || own) result[name] = walk(child, [...path, name], ownKeys.includes(name));
    }
    return result;
  };
  const spelled = walk(value, [], false);
  const written = (path: Path): Path =>
    path.map((part, i) => renamed.get(JSON.stringify(path.slice(0, i + 1))) ?? part);
  return { value: spelled, written, found };
}

const camel = (key: string): string =>
  /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(key)
    ? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    : key;
