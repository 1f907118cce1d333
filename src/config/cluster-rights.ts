/** A right of a worker on a cluster: a verb on a resource of an API group. */
export interface Right {
  group: string;
  resource: string;
  verb: string;
}

const needed: [group: string, resource: string, verbs: string, remark?: string][] = [
  ['batch', 'jobs', 'create get list watch patch delete'],
  ['', 'pods', 'list watch delete'],
  ['', 'pods/log', 'get'],
  ['', 'events', 'list'],
  ['', 'serviceaccounts', 'get'],
  [
    '',
    'secrets',
    'get create update delete',
    'optional: for pull secrets of registries; get alone leaves the values of Secrets out of logs',
  ],
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
      ([group, resource, verbs, remark]) =>
        `- {apiGroups: ["${group}"], resources: [${resource}], verbs: [${verbs.replaceAll(' ', ', ')}]}` +
        (remark === undefined ? '' : ` # ${remark}`),
    ),
  ].join('\n');
