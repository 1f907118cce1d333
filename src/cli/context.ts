import { createColors } from 'picocolors';
import type { Colors } from './render/colors.js';
import { homeDir } from '../config/home.js';
import { createApi, type Api } from './api.js';
import { findServer, localServer } from './connection.js';
import { createHttp } from './http.js';
import type { Deps } from './run.js';

/** Options that every verb has (docs/spec.md §11.1). */
export interface Globals {
  format: 'table' | 'json';
  color: boolean;
  server?: string;
  as?: string;
}

/** All that a verb may use. */
export interface Context extends Deps {
  home: string;
  json: boolean;
  colors: Colors;
  /** How wide a line may be: what a pipe or a file gets is whole, for a name that was cut cannot be pasted. */
  readonly columns: number;
  /** `--server` */
  server: string | undefined;
  /** The HTTP API; found, and its token read, at the first call. */
  api(): Promise<Api>;
  /** The API of the installation of this machine, whatever server is named otherwise: for verbs that start and stop it. */
  localApi(): Api;
  /** Prints an answer in the format that was asked for. */
  answer(value: unknown, lines: () => readonly string[]): void;
}

/** What a verb sees of the world. Touches nothing before the verb asks for it. */
export function createContext(globals: Globals, deps: Deps): Context {
  const { io, env } = deps;
  const home = homeDir(env);
  const json = globals.format === 'json';
  const colored = io.isTTY && globals.color && !json && (env['NO_COLOR'] ?? '') === '';
  let api: Promise<Api> | undefined;
  return {
    ...deps,
    home,
    json,
    colors: createColors(colored),
    get columns() {
      return io.isTTY ? io.columns : Infinity;
    },
    server: globals.server,
    api: () => (api ??= connect(globals, home, deps)),
    localApi: () => createApi(createHttp({ ...localServer(home), signal: deps.signal, ...asOf(globals) })),
    answer(value, lines) {
      if (json) io.out(JSON.stringify(value, null, 2));
      else for (const line of lines()) io.out(line);
    },
  };
}

async function connect(globals: Globals, home: string, { env, signal }: Deps): Promise<Api> {
  const server = await findServer({ home, env, ...(globals.server === undefined ? {} : { asked: globals.server }) });
  return createApi(createHttp({ ...server, signal, ...asOf(globals) }));
}

const asOf = ({ as }: Globals): { as?: string } => (as === undefined ? {} : { as });
