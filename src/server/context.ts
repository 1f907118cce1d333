import type { Logger } from 'pino';
import type { ReleaseClient, ServerStore } from './ports.js';

/** What every route may use; put together once, by the server's entry. */
export interface ServerContext {
  store: ServerStore;
  releases: ReleaseClient;
  log: Logger;
  /** Of this Towpath. */
  version: string;
  settings: {
    /** The one user of the embedded mode may say who they are (`Towpath-As`). */
    embedded: boolean;
    /** Who a request with the installation's token comes from. */
    user: string;
    /** Where the server listens: what a Host header may name. */
    host: string;
  };
  token: string;
  /** Aborted when the server ends: long answers end with it. */
  stopping: AbortSignal;
}

/** Values that the guard leaves for the routes. */
export interface ServerEnv {
  Variables: { by: string };
}
