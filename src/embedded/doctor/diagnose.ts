import { binaryFolders, cacheFolder, layout as layoutOf, type Layout } from '../layout.js';
import { whatIsGiven } from '../installation.js';
import { loadSettings, type Settings } from '../../config/settings.js';
import { tokenFile } from '../../config/token.js';
import { readState, type Given } from '../state.js';
import { findCluster } from '../cluster-build.js';
import { TowpathError } from '../../release/towpath-error.js';
import { checkDatabase, checkKubeconfig, checkTemporalAddress } from './given.js';
import { fail, type Finding } from './finding.js';
import { checkHome, checkPorts, checkToken } from './home.js';
import { checkDisk, checkMemory, checkNamespaces, checkNode } from './machine.js';
import { checkCluster, checkPostgres, checkTemporal } from './programs.js';

/** Everything that an embedded installation needs of this machine, looked at without changing anything. */
export async function diagnose(home: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const layout = layoutOf(home);
  const state = readState(layout);
  const read = readGiven(home, env, state?.given ?? {});
  if ('finding' in read) return [checkNode(), read.finding];
  const { given, settings } = read;
  const folders = binaryFolders(layout, env);
  const toBuild = given.kubeconfig === undefined && !hasCluster(env, folders);
  const machine = [checkNode(), checkHome(layout), checkToken(tokenFile(home)), checkMemory({ toBuild })];
  const parts = await Promise.all([
    checkDisk(home, { toBuild }).then((finding) => [finding]),
    databaseFindings(layout, given),
    temporalFindings(layout, given, env),
    clusterFindings(given, env, folders),
    checkPorts(layout, state, settings.listen.port).then((finding) => [finding]),
  ]);
  return [...machine, ...parts.flat()];
}

const databaseFindings = async (layout: Layout, { databaseUrl }: Given): Promise<Finding[]> => [
  databaseUrl === undefined ? await checkPostgres(layout.postgres) : await checkDatabase(databaseUrl),
];

const temporalFindings = async (
  layout: Layout,
  { temporalAddress }: Given,
  env: NodeJS.ProcessEnv,
): Promise<Finding[]> => [
  temporalAddress === undefined
    ? await checkTemporal(cacheFolder(layout, env), env)
    : await checkTemporalAddress(temporalAddress),
];

async function clusterFindings(
  { kubeconfig, kubeContext }: Given,
  env: NodeJS.ProcessEnv,
  folders: string[],
): Promise<Finding[]> {
  if (kubeconfig !== undefined) return checkKubeconfig(kubeconfig, kubeContext);
  return Promise.all([checkCluster(env, folders), checkNamespaces()]);
}

type Read = { given: Given; settings: Settings } | { finding: Finding };

function readGiven(home: string, env: NodeJS.ProcessEnv, before: Given): Read {
  try {
    const settings = loadSettings(home, env);
    return { settings, given: whatIsGiven({}, settings, before) };
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    const place = error.at ? `${error.at.file}:${error.at.line}:${error.at.column}: ` : '';
    return { finding: fail('settings', `${place}${error.message}`, error.hint ?? `mend ${home}/config.yaml`) };
  }
}

function hasCluster(env: NodeJS.ProcessEnv, folders: string[]): boolean {
  try {
    return findCluster(env, folders).built;
  } catch {
    // A binary that is named and missing is a finding of its own.
    return true;
  }
}
