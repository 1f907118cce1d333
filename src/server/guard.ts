import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { TowpathError } from '../release/towpath-error.js';
import type { ServerContext, ServerEnv } from './context.js';

const loopback = ['localhost', '127.0.0.1', '[::1]'];
const anywhere = ['0.0.0.0', '::', '[::]'];

/**
 * A web page may make a browser send requests here, also under a name of its own (DNS rebinding): only the names of this
 * server are answered. One that listens everywhere cannot know its names.
 */
export function hostGuard({ settings }: ServerContext): MiddlewareHandler {
  const { host } = settings;
  const known = [...loopback, host, `[${host}]`];
  return async (c, next) => {
    const name = (c.req.header('host') ?? '').replace(/:[0-9]+$/, '').toLowerCase();
    if (!anywhere.includes(host) && !known.includes(name))
      throw new TowpathError('NOT_ALLOWED', 'this server does not answer under that name', {
        hint: 'use the address that `towpath status` shows',
      });
    await next();
  };
}

/** Every request but the public ones needs the token. */
export function tokenGuard({ token, settings }: ServerContext): MiddlewareHandler<ServerEnv> {
  const wanted = digest(token);
  return async (c, next) => {
    const given = /^Bearer ([^\s]+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), wanted))
      throw new TowpathError('UNAUTHENTICATED', 'the request has no valid token', {
        hint: 'the token is in $TOWPATH_HOME/token where the server runs; the command line sends what TOWPATH_TOKEN holds, others `Authorization: Bearer TOKEN`',
      });
    c.header('cache-control', 'no-store');
    c.set('by', settings.embedded ? readAs(c.req.header('towpath-as'), settings.user) : settings.user);
    await next();
  };
}

/** Equal lengths, whatever was sent: the comparison takes the same time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who may be named in `Towpath-As`. */
export const userName = /^[\w.@+-]{1,63}$/;

function readAs(name: string | undefined, user: string): string {
  if (name === undefined || name === '') return user;
  if (userName.test(name)) return name;
  throw new TowpathError('BAD_REQUEST', 'Towpath-As must be a name of letters, digits and . _ @ + -');
}
