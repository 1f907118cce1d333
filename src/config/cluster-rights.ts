/** A right of a worker on a cluster: a verb on a resource of an API group. */
export interface Right {
  group: string;
  resource: string;
  verb: string;
}

const needed: [group: string, resource: string, verbs: string][] = [
  ['batch', 'jobs', 'create get list watch patch delete'],
  ['', 'pods', 'list watch delete'],
  ['', 'pods/log', 'get'],
  ['', 'events', 'list'],
  ['', 'serviceaccounts', 'get'],
  ['', 'secrets', 'get create update delete'],
  ['', 'namespaces', 'get create'],
];

/** All rights that Towpath may need on a cluster (docs/spec.md §2.2). */
export const clusterRights: readonly Right[] = needed.flatMap(([group, resource, verbs]) =>
  verbs.split(' ').map((verb) => ({ group, resource, verb })),
);

/** `delete jobs.batch` */
export const rightText = ({ group, resource, verb }: Right): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`;

/** The role that grants all of them, as a manifest. */
export const clusterRole = (): string =>
  [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata: {name: towpath-worker}',
    'rules:',
    ...needed.map(
      ([group, resource, verbs]) =>
        `- {apiGroups: ["${group}"], resources: [${resource}], verbs: [${verbs.replaceAll(' ', ', ')}]}`,
    ),
  ].join('\n');
