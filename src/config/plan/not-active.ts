import { compareBytes, type Path } from '../issue.js';
import type { Application, Service } from '../model.js';
import { Recent } from '../recent.js';
import { Document } from '../schema/document.js';
import { inspect, type DormantField } from '../schema/inspect.js';
import { readYaml } from '../yaml/read-yaml.js';
import type { PlanIssue } from './rendering.js';

interface Using {
  /** Texts of the documents that the release is made of, by key. */
  texts: ReadonlyMap<string, string>;
  application: Application;
  service: Service;
  /** Names of the channels that it takes. */
  channels: ReadonlySet<string>;
}

/**
 * Fields that do not act yet, in what a release is made of: all of them, each once (docs/spec.md §1.8). They are found in
 * the texts, by the very marks of the schema: a field acts as soon as its mark is gone, also in what was stored before.
 */
export function notActive(of: Using): PlanIssue[] {
  const keys = [...of.texts.keys()].sort(compareBytes);
  return keys.flatMap((document) =>
    dormantFields(of.texts.get(document) ?? '')
      .filter(({ path }) => concerns(path, of))
      .map(({ path, written }) => ({
        document,
        path,
        atKey: true,
        code: 'NOT_ACTIVE_YET' as const,
        message: `"${written}" is stored and does not act yet`,
        hint: 'leave it out to release now',
      })),
  );
}

/** Of the texts that releases were planned from last, 16 Mi characters of them: reading YAML is most of what a plan costs. */
const seen = new Recent<readonly DormantField[]>(16 * 1024 * 1024, (text) => text.length);

const dormantFields = (text: string): readonly DormantField[] => seen.get(text) ?? seen.keep(text, findDormant(text));

const findDormant = (text: string): DormantField[] =>
  readYaml({ path: '', text }).documents.flatMap(({ value }) => inspect(Document, value).dormant);

/** What stands in a channel, or in a service's entry for one, concerns only releases that take that channel. */
function concerns(path: Path, { application, service, channels }: Using): boolean {
  const [, list, index] = path;
  if (typeof index !== 'number') return true;
  const channel =
    list === 'releaseChannels'
      ? application.channels[index]?.name
      : list === 'perReleaseChannel'
        ? service.channels[index]?.channel
        : undefined;
  return channel === undefined || channels.has(channel);
}
