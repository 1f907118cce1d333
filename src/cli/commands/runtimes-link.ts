import path from 'node:path';
import { TowpathError } from '../../release/towpath-error.js';
import type { LinkBody } from '../../server/api.js';
import { defineCommand } from '../command.js';
import { showStored } from '../config-files.js';
import type { Context } from '../context.js';
import { noWaitOption, sayServed } from '../serving.js';

interface Options {
  context?: string;
  kubeconfig?: string;
  inCluster?: boolean;
  wait: boolean;
}

/** Writes the document of a linked cluster (docs/spec.md §2.2). */
export const command = defineCommand<Options>({
  options: [
    ['--context <name>', "a context of the worker's kubeconfig, or of the one given"],
    ['--kubeconfig <file>', 'a kubeconfig where the worker runs'],
    ['--in-cluster', 'the cluster that the worker itself runs in'],
    noWaitOption,
  ],
  examples: [['runtimes link my-kubernetes-runtime --context towpath', 'the embedded cluster']],
  async run(context, [name = ''], options) {
    const body = bodyOf(context, name, options);
    const api = await context.api();
    const code = showStored(context, await api.link(body));
    if (options.wait && code === 0) await sayServed(context, api, [name]);
    return code;
  },
});

function bodyOf({ cwd }: Context, name: string, { context, kubeconfig, inCluster }: Options): LinkBody {
  const elsewhere = (context ?? kubeconfig) !== undefined;
  if (inCluster ? elsewhere : !elsewhere)
    throw new TowpathError('BAD_REQUEST', 'say how to reach the cluster in exactly one way', {
      hint: '--context NAME, --kubeconfig FILE (with a --context of it), or --in-cluster',
    });
  return {
    name,
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(cwd, kubeconfig) }),
    ...(inCluster ? { inCluster } : {}),
  };
}
