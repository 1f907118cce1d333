import { TowpathError } from '../../release/towpath-error.js';
import { defineCommand } from '../command.js';
import { showStored } from '../config-files.js';

/** Writes the document of a registry (docs/spec.md §2.3). */
export const command = defineCommand<{ url?: string; public?: boolean; pullSecret?: string }>({
  options: [
    ['--url <url>', 'its host, such as https://registry.example.com'],
    ['--public', 'images are pulled without credentials'],
    ['--pull-secret <namespace/name>', 'a Secret of type kubernetes.io/dockerconfigjson where the Jobs run'],
  ],
  examples: [['registries add my-registry --url https://registry.example.com --public', '']],
  async run(context, [name = ''], { url, public: isPublic, pullSecret }) {
    if (url === undefined) throw new TowpathError('BAD_REQUEST', 'the registry needs --url');
    if ((isPublic === true) === (pullSecret !== undefined))
      throw new TowpathError('BAD_REQUEST', 'give exactly one of --public and --pull-secret NAMESPACE/NAME');
    const api = await context.api();
    return showStored(
      context,
      await api.addRegistry({ name, url, ...(pullSecret === undefined ? { public: true } : secret(pullSecret)) }),
    );
  },
});

function secret(text: string): { pullSecret: { namespace: string; name: string } } {
  const [namespace, name, more] = text.split('/');
  if (namespace && name && more === undefined) return { pullSecret: { namespace, name } };
  throw new TowpathError('BAD_REQUEST', `"${text}" is not NAMESPACE/NAME`);
}
