import type { Json, JsonObject, ReleasePlan } from '../../src/release/plan.js';
import { catalogOf } from '../../src/config/catalog.js';
import { documentKey } from '../../src/config/documents.js';
import type { ConfigDocument } from '../../src/config/model.js';
import { makePlan, type PlanInput } from '../../src/config/plan.js';
import { readDocuments } from '../../src/config/read.js';

/** Documents of a text that is right, with the manifests that it names. */
export function documentsOf(text: string, manifests: Record<string, string> = {}): ConfigDocument[] {
  const attachments = Object.entries(manifests).map(([path, manifest]) => ({ path, text: manifest }));
  const { documents, issues } = readDocuments([{ path: 'a.pvn.yaml', text }], attachments);
  const errors = issues.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  return documents.map(({ document }) => document);
}

/** The texts of its documents, by key, as the store keeps them. */
export const textsOf = (text: string): Map<string, string> =>
  new Map(
    readDocuments([{ path: 'a.pvn.yaml', text }], []).documents.map((each) => [documentKey(each.name), each.text]),
  );

/** A cluster, a registry, one extension `vm` and one service `app/s` in one channel, unless other parts are given. */
export interface Parts {
  program?: string;
  apply?: string;
  parameters?: string;
  /** More fields of the extension. */
  extension?: string;
  values?: string;
  service?: string;
  channels?: string;
}

export const setUp = ({
  program = 'image: "a:1"',
  apply,
  parameters = '[]',
  extension = '',
  values = '[]',
  service = '',
  channels,
}: Parts): string => `
runtime: {name: ops, kubernetes: {inCluster: true}}
---
containerRegistry: {name: open, url: open.example, public: true}
---
containerRegistry: {name: closed, url: closed.example, pullSecret: {kubernetesSecret: {namespace: towpath, name: pull}}}
---
runtime:
  name: vm
  extension:
    proxyRuntime: {runtime: ops}
    apply: {${apply ?? `taskConfig: {program: {${program}}}`}}
    parameters: ${parameters}
    ${extension}
---
application:
  name: app
  releaseChannels: ${channels ?? '[{name: staging, runtimes: [{runtime: vm}]}]'}
---
service:
  name: s
  application: app
  runtimeExtension: {parameterValues: ${values}}
  ${service}
`;

export const inputOf = (
  documents: readonly ConfigDocument[],
  more: Partial<PlanInput> = {},
  service = 'app/s',
): PlanInput => ({
  documents,
  ...serviceOf(documents, service),
  values: { all: {}, byChannel: {} },
  texts: new Map(),
  versions: {},
  version: 4,
  release: 7,
  ...more,
});

/** A service of the documents, by `application/service`, and its application. */
function serviceOf(documents: readonly ConfigDocument[], key: string): Pick<PlanInput, 'application' | 'service'> {
  const { applications, services } = catalogOf(documents);
  const service = services.get(key);
  const application = service && applications.get(service.application);
  if (!application) throw new Error(`the documents have no ${key} with its application`);
  return { application, service };
}

export function planOf(input: PlanInput): ReleasePlan {
  const planned = makePlan(input);
  if ('issues' in planned) throw new Error(JSON.stringify(planned.issues, null, 2));
  return planned.plan;
}

export const mistakesOf = (input: PlanInput): string[] => {
  const planned = makePlan(input);
  return 'issues' in planned
    ? planned.issues.map(({ code, document, message }) => `${code} ${document}: ${message}`)
    : [];
};

/** The Job of a channel. */
export function jobOf(plan: ReleasePlan, channel = 'staging'): JsonObject {
  const found = plan.channels.find(({ name }) => name === channel);
  return plan.jobs[found?.apply.job ?? '']?.manifest ?? {};
}

export const at = (value: Json | undefined, ...path: (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>((inside, part) => (inside as Record<string | number, Json> | undefined)?.[part], value);

export const podOf = (plan: ReleasePlan, channel?: string): Json | undefined =>
  at(jobOf(plan, channel), 'spec', 'template', 'spec');

export const mainOf = (plan: ReleasePlan, channel?: string): JsonObject => {
  const main = at(podOf(plan, channel), 'containers', 0);
  return main as JsonObject;
};

/** Variables of the main container that are no references, but for those that every Job has. */
export const envOf = (plan: ReleasePlan, channel?: string): Record<string, Json | undefined> => {
  const env = mainOf(plan, channel)['env'] as JsonObject[];
  return Object.fromEntries(
    env.slice(5).map((entry) => [String(entry['name'] as string), entry['value'] ?? entry['valueFrom']]),
  );
};
