import type { ReleasePlan } from '../release/plan.js';
import { digestOf } from './canonical.js';
import { catalogOf, type Catalog } from './catalog.js';
import { chooseRuntime } from './connection.js';
import { documentKey } from './documents.js';
import type { Application, ConfigDocument, Service } from './model.js';
import { planChannel, type PlannedChannel } from './plan/channel.js';
import { joinChannels, showPlanIssue } from './plan/issues.js';
import { notActive } from './plan/not-active.js';
import type { PlanIssue } from './plan/rendering.js';
import { effectiveValues, unknownChannels, type ChannelValues, type StartValues } from './plan/service-values.js';
import { checkSize } from './plan/size.js';
import { checkVersionName } from './plan/version-name.js';
import { checkRules } from './rules/index.js';

export type { ChannelValues, PlanIssue, StartValues };

/** The content of a service version. */
export interface VersionInput {
  application: Application;
  service: Service;
  values: StartValues;
  /** `values` in the plan of the latest release of the service; absent for the first. */
  previous?: ChannelValues | undefined;
  /** The channels that the release takes; all of the application when absent. The version is one for all of them. */
  channels?: readonly string[] | undefined;
}

export interface PlanInput extends VersionInput {
  /** The newest version of every document, also of these two. */
  documents: readonly ConfigDocument[];
  /** Texts of the documents as they were written, by `kind/key`: what in them does not act yet is found there. */
  texts: ReadonlyMap<string, string>;
  /** Config versions of the documents, by `kind/key`. */
  versions: Readonly<Record<string, number>>;
  /** Number of the service version. */
  version: number;
  /** Number of the release: for templates that name it. It is no part of the plan's digest. */
  release: number;
}

export type Planned = { plan: ReleasePlan } | { issues: PlanIssue[] };

/** Names a service version: equal content, equal digest (docs/spec.md §5.3). */
export const contentDigest = (input: VersionInput): string =>
  digestOf({ service: input.service, values: effectiveValues(input) });

/** Everything a release will do, or every mistake in it. Pure: preview and start make the same plan with the same digest. */
export function makePlan(input: PlanInput): Planned {
  const catalog = catalogOf(input.documents);
  const found: PlanIssue[] = [];
  const report = (issue: PlanIssue): void => void found.push(issue);
  unknownChannels(input, report);
  const values = effectiveValues(input);
  const release = { number: input.release, version: `v${input.version}`, values, given: input.values };
  const of: Release = { report, release };
  const channels = plannedChannels(input, catalog, of);
  checkVersionName({ ...input, catalog, ...of });
  for (const issue of brokenRules(input, channels, catalog)) report(issue);
  const taken = channels.filter(({ plan }) => input.channels?.includes(plan.name) ?? true);
  for (const issue of notActiveIn(input, taken)) report(issue);
  const plan = assemble(input, { catalog, values, channels, taken });
  checkSize(plan, report);
  const names = input.application.channels.map(({ name }) => name);
  const issues = joinChannels(found, names);
  if (issues.some(({ severity }) => severity !== 'warning')) return { issues };
  return { plan: { ...plan, warnings: issues.map((issue) => showPlanIssue(issue).message) } };
}

type Release = Pick<Parameters<typeof planChannel>[2], 'report' | 'release'>;

function plannedChannels({ application, service }: VersionInput, catalog: Catalog, of: Release): PlannedChannel[] {
  return application.channels.flatMap((channel) => {
    const choice = chooseRuntime(channel, service, catalog);
    const planned =
      'runtime' in choice && planChannel(channel, choice.runtime, { application, service, catalog, ...of });
    return planned ? [planned] : [];
  });
}

/** What was applied together fits together; but a later document may have taken away what an earlier one needs. */
function brokenRules(
  { application, service }: VersionInput,
  channels: readonly PlannedChannel[],
  catalog: Catalog,
): PlanIssue[] {
  const runtimes = new Set(channels.map(({ runtime }) => runtime));
  return [application, service, ...runtimes].flatMap((document) =>
    checkRules(document, catalog)
      .filter(({ severity }) => severity !== 'note')
      .map((found) => ({ ...found, document: documentKey(document) })),
  );
}

/** What the channels of the release use that does not act yet. */
function notActiveIn(input: PlanInput, taken: readonly PlannedChannel[]): PlanIssue[] {
  const { application, service, texts } = input;
  const used = [application, service, ...taken.map(({ runtime }) => runtime)].map(documentKey);
  const channels = new Set(input.channels ?? application.channels.map(({ name }) => name));
  return notActive({
    texts: new Map([...texts].filter(([key]) => used.includes(key))),
    application,
    service,
    channels,
  });
}

interface Assembling {
  catalog: Catalog;
  values: ChannelValues;
  /** Of all that the digest covers. */
  channels: readonly PlannedChannel[];
  taken: readonly PlannedChannel[];
}

/**
 * The digest covers every channel, also those that this release does not take: what one release brought to staging is the same
 * content that another takes on to production (docs/spec.md §9.4, §9.12).
 */
function assemble(input: PlanInput, { catalog, values, channels, taken }: Assembling): ReleasePlan {
  const { application, service } = input;
  const clusters = channels.map(({ plan }) => catalog.runtimes.get(plan.cluster));
  const pinned: ConfigDocument[] = [
    application,
    service,
    ...channels.flatMap(({ runtime, registries }) => [runtime, ...registries]),
    ...clusters.flatMap((cluster) => (cluster ? [cluster] : [])),
  ];
  const byKey = new Map(pinned.map((document) => [documentKey(document), document]));
  const versions = Object.entries(input.versions).filter(([key]) => byKey.has(key));
  return {
    application: application.name,
    service: service.name,
    version: { number: input.version, name: `v${input.version}` },
    digest: digestOf({ documents: Object.fromEntries(byKey), values }),
    pinned: Object.fromEntries(versions),
    channels: taken.map(({ plan }) => plan),
    jobs: Object.fromEntries(taken.map(({ plan, template }) => [plan.apply.job, template])),
    values,
    warnings: [],
  };
}
