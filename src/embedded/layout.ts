import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The parts of an embedded installation, in the order in which people read them. */
export const partNames = ['postgres', 'temporal', 'cluster', 'server', 'worker'] as const;
export type PartName = (typeof partNames)[number];

/** Everything an embedded installation keeps, all of it below `$TOWPATH_HOME`. */
export const layout = (home: string) => ({
  home,
  state: path.join(home, 'state.json'),
  lock: path.join(home, 'supervisor.lock'),
  ports: path.join(home, 'ports.json'),
  logs: path.join(home, 'logs'),
  log: (part: PartName | 'supervisor' | 'build') => path.join(home, 'logs', `${part}.log`),
  cache: path.join(home, 'cache'),
  bin: path.join(home, 'bin'),
  postgres: path.join(home, 'postgres'),
  postgresPassword: path.join(home, 'postgres.password'),
  temporal: path.join(home, 'temporal'),
  cluster: path.join(home, 'cluster'),
  images: path.join(home, 'cluster', 'images.json'),
  kubeconfig: path.join(home, 'cluster', 'kubeconfig'),
});
export type Layout = ReturnType<typeof layout>;

/** Where what is installed once is kept: shared between installations by TOWPATH_CACHE. */
export const cacheFolder = (of: Layout, env: NodeJS.ProcessEnv): string => env['TOWPATH_CACHE'] || of.cache;

/** Folders that may hold a compiled cluster; a new one goes to the first. */
export const binaryFolders = (of: Layout, env: NodeJS.ProcessEnv): string[] =>
  env['TOWPATH_CACHE'] ? [env['TOWPATH_CACHE'], of.bin] : [of.bin];

/** A file of this package, from its root: the same from `src/embedded` and from `dist/embedded`. */
export const packageFile = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
