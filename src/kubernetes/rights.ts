import { clusterRights, rightText, type Right } from '../config/cluster-rights.js';
import type { Api } from './api.js';
import { clusterError } from './errors.js';

/** Which of the rights that Towpath needs the credentials do not have, in all namespaces: `delete jobs.batch`. */
export async function missingRights(api: Api): Promise<string[]> {
  const missing: string[] = [];
  for (const right of clusterRights) if (!(await isAllowed(api, right))) missing.push(rightText(right));
  return missing;
}

async function isAllowed(api: Api, { group, resource: path, verb }: Right): Promise<boolean> {
  const [resource = '', subresource = ''] = path.split('/');
  const body = { spec: { resourceAttributes: { group, resource, subresource, verb } } };
  try {
    const { status } = await api.ask(({ authorization }) => authorization.createSelfSubjectAccessReview({ body }));
    return status?.allowed ?? false;
  } catch (error) {
    throw clusterError(error, 'ask for the rights of the worker');
  }
}
