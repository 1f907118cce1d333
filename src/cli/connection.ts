import { readToken, tokenFile } from '../config/token.js';
import { layout } from '../embedded/layout.js';
import { isSupervised, readState } from '../embedded/state.js';
import { TowpathError } from '../release/towpath-error.js';

export interface Server {
  /** Without a slash at its end. */
  url: string;
  token: string;
  /** How long a server that refuses connections may take to come back: a supervised one is started again. */
  patienceMs: number;
}

interface Where {
  home: string;
  env: NodeJS.ProcessEnv;
  /** `--server` */
  asked?: string;
}

/**
 * The server to ask and the token for it: `--server`, TOWPATH_SERVER, the installation in `$TOWPATH_HOME`, the setting
 * `listen`. The token file belongs to the installation of this machine, so it is shown to no other: for a server
 * elsewhere the token comes from TOWPATH_TOKEN.
 */
export async function findServer({ home, env, asked }: Where): Promise<Server> {
  const state = readState(layout(home));
  const named = asked ?? nonEmpty(env['TOWPATH_SERVER']);
  const own = named === undefined || named === state?.server;
  const url = parseServer(named ?? state?.server ?? (await fromSettings(home, env)));
  const token = tokenFor(url, { home, env, own });
  return { url, token, patienceMs: own && isSupervised(state) ? 10_000 : 0 };
}

/** The server of the installation of this machine, with its own token. */
export function localServer(home: string): Server {
  const state = readState(layout(home));
  const token = readToken(home);
  if (!state || token === undefined) throw noInstallation(home);
  return { url: state.server, token, patienceMs: isSupervised(state) ? 10_000 : 0 };
}

function tokenFor(url: string, { home, env, own }: { home: string; env: NodeJS.ProcessEnv; own: boolean }): string {
  const given = nonEmpty(env['TOWPATH_TOKEN']);
  if (given !== undefined) return given;
  const kept = own || isLoopback(url) ? readToken(home) : undefined;
  if (kept !== undefined) return kept;
  throw own ? noInstallation(home) : noToken(url);
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function parseServer(text: string): string {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '')
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new TowpathError('BAD_REQUEST', `"${text}" is not the address of a server`, {
    hint: 'write it as http://127.0.0.1:7400',
  });
}

/** Reading settings takes a moment, so it is left to those who have no other address. */
async function fromSettings(home: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { loadSettings } = await import('../config/settings.js');
  const { host, port } = loadSettings(home, env).listen;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const isLoopback = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

const noToken = (url: string): TowpathError =>
  new TowpathError('UNAUTHENTICATED', `there is no token for ${url}`, {
    hint: 'set TOWPATH_TOKEN to a token of that server; the one of this machine is not sent elsewhere',
  });

const noInstallation = (home: string): TowpathError =>
  new TowpathError('NOT_RUNNING', `there is no installation in ${home}: ${tokenFile(home)} does not exist`, {
    hint: '`towpath up` makes one; for a server elsewhere give --server and set TOWPATH_TOKEN',
  });
