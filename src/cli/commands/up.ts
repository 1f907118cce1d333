import path from 'node:path';
import { TowpathError } from '../../release/towpath-error.js';
import type { Given } from '../../embedded/state.js';
import { defineCommand } from '../command.js';
import { runningState, runStack, showStarted, startStack } from '../start-stack.js';

interface Options {
  detach?: boolean;
  databaseUrl?: string;
  temporalAddress?: string;
  kubeconfig?: string;
  kubeContext?: string;
}

/** Starts what is not given: PostgreSQL, Temporal, Kubernetes; and the server and a worker. */
export const command = defineCommand<Options>({
  options: [
    ['-d, --detach', 'go on in the background; return as soon as everything is usable'],
    ['--database-url <url>', 'a PostgreSQL of your own; or TOWPATH_DATABASE_URL, so that no process list shows it'],
    ['--temporal-address <host:port>', 'a Temporal server of your own'],
    ['--kubeconfig <file>', 'what the worker uses: its contexts are those that `runtime` documents name'],
    ['--kube-context <name>', 'the context that `status` shows and `doctor` checks; Jobs run where documents say'],
  ],
  examples: [
    ['up --detach', 'everything, in the background'],
    ['up --kubeconfig ~/.kube/config', 'then `runtimes link NAME --context staging`: your own cluster'],
    ['up --kubeconfig embedded', 'back to the embedded one'],
  ],
  text: [
    'What is given is remembered for the next time; `embedded` takes a part back. The first time, the embedded',
    'Kubernetes is compiled, which takes minutes. Everything is kept in TOWPATH_HOME (~/.towpath).',
  ].join('\n'),
  async run(context, _, options) {
    const given = givenBy(options, context.cwd);
    if (options.detach || runningState(context.home, given)) {
      const { state, now } = await startStack(context, given);
      if (!now) context.io.err('it runs already');
      showStarted(context, state, { now });
      return 0;
    }
    await runStack(context, given);
    return 0;
  },
});

function givenBy({ databaseUrl, temporalAddress, kubeconfig, kubeContext }: Options, cwd: string): Given {
  if (kubeContext !== undefined && kubeconfig === undefined)
    throw new TowpathError('BAD_REQUEST', '--kube-context needs --kubeconfig');
  return {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: fileOrEmbedded(kubeconfig, cwd) }),
    ...(kubeContext === undefined ? {} : { kubeContext }),
  };
}

const fileOrEmbedded = (text: string, cwd: string): string => (text === 'embedded' ? text : path.resolve(cwd, text));
