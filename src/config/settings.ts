import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { TowpathError } from '../release/towpath-error.js';
import { parseDuration } from './duration.js';

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

const Bool = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** Settings of an installation (docs/spec.md §13). A key is also read from the environment: `TOWPATH_TEMPORAL_ADDRESS`. */
export const SettingsFile = z.strictObject({
  listen: Listen.prefault('127.0.0.1:7400'),
  databaseUrl: z.string().optional(),
  temporal: z
    .strictObject({
      address: z.string().optional(),
      namespace: z.string().prefault('towpath'),
      retention: Duration.prefault('30d'),
    })
    .prefault({}),
  kubeconfig: z.string().optional(),
  kubeContext: z.string().optional(),
  startTimeout: Duration.prefault('10m'),
  trustRawSignals: Bool.optional(),
  selfApproval: Bool.optional(),
  user: z.string().optional(),
  logRetention: z.strictObject({ succeeded: Duration.prefault('30d'), failed: Duration.prefault('90d') }).prefault({}),
});

export type Settings = z.infer<typeof SettingsFile> & {
  home: string;
  embedded: boolean;
  trustRawSignals: boolean;
  selfApproval: boolean;
};

/** Where the state of an installation lies. */
export const homeDir = (env: NodeJS.ProcessEnv): string =>
  path.resolve(env['TOWPATH_HOME'] ?? path.join(homedir(), '.towpath'));

/** The keys, as dotted paths, and the variables that win over the file. */
export const settingKeys = [
  'listen',
  'databaseUrl',
  'temporal.address',
  'temporal.namespace',
  'temporal.retention',
  'kubeconfig',
  'kubeContext',
  'startTimeout',
  'trustRawSignals',
  'selfApproval',
  'user',
  'logRetention.succeeded',
  'logRetention.failed',
] as const;

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
  const settings = parsed.data;
  const embedded = env['TOWPATH_EMBEDDED'] === 'true';
  return {
    ...settings,
    home,
    embedded,
    trustRawSignals: settings.trustRawSignals ?? embedded,
    selfApproval: settings.selfApproval ?? embedded,
  };
}

interface Read {
  values: Record<string, unknown>;
  place: (path: PropertyKey[]) => { file: string; line: number; column: number } | undefined;
}

function readFile(file: string): Read {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { values: {}, place: () => undefined };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new TowpathError('SETTINGS_INVALID', error.message.split('\n')[0] ?? 'not YAML', {
      at: { file, line, column: col },
    });
  }
  const place: Read['place'] = (at) => {
    const node = document.getIn(at as string[], true) as { range?: [number, number, number] } | undefined;
    if (!node?.range) return undefined;
    const { line, col } = lines.linePos(node.range[0]);
    return { file, line, column: col };
  };
  return { values: (document.toJS() ?? {}) as Record<string, unknown>, place };
}

function set(values: Record<string, unknown>, [first, ...rest]: string[], value: string): void {
  if (first === undefined) return;
  if (rest.length === 0) {
    values[first] = value;
    return;
  }
  const inner = values[first];
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  values[first] = next;
  set(next, rest, value);
}
