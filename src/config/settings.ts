import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { TowpathError } from '../release/towpath-error.js';
import { parseDuration } from './duration.js';

export { homeDir } from './home.js';

const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'write a duration with units, such as 10m, 1h30m or 30d' });
  return z.NEVER;
});

const Listen = z.string().transform((text, context) => {
  const match = /^(.+):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] && port <= 65_535) return { host: match[1].replace(/^\[|\]$/g, ''), port };
  context.addIssue({ code: 'custom', message: 'write HOST:PORT, such as 127.0.0.1:7400' });
  return z.NEVER;
});

/** As a list in the file, with commas in the environment. */
const Names = z.union([
  z.array(z.string()),
  z.string().transform((text) => text.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))),
]);

const Bool = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** The keys, as dotted paths: what holds where nobody says anything, in words, and what each decides. */
export const settings = {
  listen: {
    default: '127.0.0.1:7400',
    text: 'Host and port of the server; port 0 keeps one that was free. Requests are answered only under this host and loopback names, unless it is 0.0.0.0 or ::, as behind a proxy',
  },
  databaseUrl: { default: 'embedded', text: 'A PostgreSQL of your own' },
  'temporal.address': { default: 'embedded', text: 'A Temporal server of your own, as host:port' },
  'temporal.namespace': { default: 'towpath', text: 'The Temporal namespace of releases; made when it is not there' },
  'temporal.retention': {
    default: '30d',
    text: 'How long Temporal keeps releases that are over; used when the namespace is made',
  },
  kubeconfig: {
    default: 'embedded',
    text: 'A kubeconfig of your own, for `towpath up`: the worker looks there for the contexts that `runtime` documents name',
  },
  kubeContext: {
    default: 'the current one',
    text: 'The context of that kubeconfig that `towpath status` shows and `towpath doctor` checks; it chooses nothing for Jobs',
  },
  startTimeout: { default: '10m', text: 'How long a pod may take to start before its run ends with JOB_NOT_STARTING' },
  reconcileEvery: {
    default: '1m',
    text: 'How often Towpath looks for releases whose workflow was terminated or lost, and ends what they left running',
  },
  trustRawSignals: {
    default: 'true in the embedded mode, else false',
    text: 'Whether signals count that come to Temporal without a request through the API',
  },
  'worker.clusters': {
    default: 'all that it can open',
    text: 'The linked clusters that a worker serves: a list, or names with commas; an empty list for one that runs workflows only',
  },
  'worker.cachedReleases': {
    default: '500',
    text: 'How many open releases a worker keeps in memory; another one is read again from Temporal when something happens to it',
  },
  user: { default: 'whoever runs the server', text: 'Who the requests with the token of the installation come from' },
  'logRetention.succeeded': { default: '30d', text: 'How long logs and large results of runs that succeeded are kept' },
  'logRetention.failed': { default: '90d', text: 'How long those of other runs are kept' },
} as const;
type SettingKey = keyof typeof settings;
export const settingKeys = Object.keys(settings) as SettingKey[];

/** Settings of an installation (docs/spec.md §13). A key is also read from the environment: `TOWPATH_TEMPORAL_ADDRESS`. */
export const SettingsFile = z.strictObject({
  listen: Listen.prefault(settings.listen.default),
  databaseUrl: z.string().optional(),
  temporal: z
    .strictObject({
      address: z.string().optional(),
      namespace: z.string().prefault(settings['temporal.namespace'].default),
      retention: Duration.prefault(settings['temporal.retention'].default),
    })
    .prefault({}),
  kubeconfig: z.string().optional(),
  kubeContext: z.string().optional(),
  startTimeout: Duration.prefault(settings.startTimeout.default),
  reconcileEvery: Duration.prefault(settings.reconcileEvery.default),
  trustRawSignals: Bool.optional(),
  worker: z
    .strictObject({
      clusters: Names.optional(),
      // As many as are worked on at a time, at least.
      cachedReleases: z.coerce.number().int().min(40).prefault(settings['worker.cachedReleases'].default),
    })
    .prefault({}),
  user: z.string().optional(),
  logRetention: z
    .strictObject({
      succeeded: Duration.prefault(settings['logRetention.succeeded'].default),
      failed: Duration.prefault(settings['logRetention.failed'].default),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof SettingsFile> & {
  home: string;
  embedded: boolean;
  trustRawSignals: boolean;
};

/** `temporal.address` → `TOWPATH_TEMPORAL_ADDRESS` */
export const variableOf = (key: string): string =>
  `TOWPATH_${key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;

/** Reads `$TOWPATH_HOME/config.yaml` and the environment, which wins. All mistakes at once, as SETTINGS_INVALID. */
export function loadSettings(home: string, env: NodeJS.ProcessEnv): Settings {
  const file = path.join(home, 'config.yaml');
  const { values, place } = readFile(file);
  for (const key of settingKeys) {
    const value = env[variableOf(key)];
    if (value !== undefined && value !== '') set(values, key.split('.'), value);
  }
  const parsed = SettingsFile.safeParse(values);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const sentences = issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    const at = place(issues[0]?.path ?? []);
    throw new TowpathError('SETTINGS_INVALID', `the settings are not valid: ${sentences.join('; ')}`, {
      hint: `they are in ${file} and in variables TOWPATH_*`,
      ...(at ? { at } : {}),
    });
  }
  const embedded = env['TOWPATH_EMBEDDED'] === 'true';
  return { ...parsed.data, home, embedded, trustRawSignals: parsed.data.trustRawSignals ?? embedded };
}

/** Each setting as it was written, or what holds otherwise, and where it is from: for `doctor`. */
export function settingSources(home: string, env: NodeJS.ProcessEnv): { key: string; source: string; text: string }[] {
  const file = path.join(home, 'config.yaml');
  const { values } = readFile(file);
  return settingKeys.map((key) => {
    const variable = env[variableOf(key)];
    if (variable !== undefined && variable !== '') return { key, source: variableOf(key), text: variable };
    const value = key.split('.').reduce<unknown>((inner, name) => (isMap(inner) ? inner[name] : undefined), values);
    if (value === undefined) return { key, source: 'default', text: settings[key].default };
    return { key, source: file, text: typeof value === 'string' ? value : JSON.stringify(value) };
  });
}

interface Read {
  values: Record<string, unknown>;
  place: (path: PropertyKey[]) => { file: string; line: number; column: number } | undefined;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readFile(file: string): Read {
  const text = textOf(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const placeOf = (offset: number): { file: string; line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [error] = document.errors;
  if (error)
    throw new TowpathError('SETTINGS_INVALID', error.message.split('\n')[0] ?? 'not YAML', {
      at: placeOf(error.pos[0]),
    });
  const values: unknown = document.toJS() ?? {};
  if (!isMap(values))
    throw new TowpathError('SETTINGS_INVALID', 'settings are a map, such as `listen: 127.0.0.1:7400`', {
      at: placeOf(0),
    });
  const place: Read['place'] = (at) => {
    const node = document.getIn(at as string[], true) as { range?: [number, number, number] } | undefined;
    return node?.range ? placeOf(node.range[0]) : undefined;
  };
  return { values, place };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new TowpathError('SETTINGS_INVALID', `${file} cannot be read (${code})`, { cause: error });
  }
}

function set(values: Record<string, unknown>, [first, ...rest]: string[], value: string): void {
  if (first === undefined) return;
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  const inner = values[first];
  const next = isMap(inner) ? inner : {};
  values[first] = next;
  set(next, rest, value);
}
