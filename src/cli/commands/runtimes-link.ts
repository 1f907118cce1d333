import path from 'node:path';
import { TowpathError } from '../../release/towpath-error.js';
import { defineCommand } from '../command.js';
import { showStored } from '../config-files.js';

/** Writes the document of a linked cluster (docs/spec.md §2.2). */
export const command = defineCommand<{ context?: string; kubeconfig?: string; inCluster?: boolean }>({
  options: [
    ['--context <name>', "a context of the worker's kubeconfig, or of the one given"],
    ['--kubeconfig <file>', 'a kubeconfig where the worker runs'],
    ['--in-cluster', 'the cluster that the worker itself runs in'],
  ],
  examples: [['runtimes link my-kubernetes-runtime --context towpath', 'the embedded cluster']],
  async run(context, [name = ''], { context: kubeContext, kubeconfig, inCluster }) {
    if (inCluster ? (kubeContext ?? kubeconfig) !== undefined : (kubeContext ?? kubeconfig) === undefined)
      throw new TowpathError('BAD_REQUEST', 'say how to reach the cluster in exactly one way', {
        hint: '--context NAME, --kubeconfig FILE (with a --context of it), or --in-cluster',
      });
    const api = await context.api();
    return showStored(
      context,
      await api.link({
        name,
        ...(kubeContext === undefined ? {} : { context: kubeContext }),
        ...(kubeconfig === undefined ? {} : { kubeconfig: path.resolve(context.cwd, kubeconfig) }),
        ...(inCluster ? { inCluster } : {}),
      }),
    );
  },
});
