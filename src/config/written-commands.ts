import type { Path } from './issue.js';
import type { Written } from './schema/document.js';

type WrittenCommand = Pick<NonNullable<Written['deliveryExtension']>, 'taskConfig' | 'kubernetesConfig'>;
type WrittenService = NonNullable<Written['service']>;

interface CommandAt {
  /** Where it stands in the document. */
  at: Path;
  command: WrittenCommand;
}

/** Everything in a document that is run as a Job. */
export function writtenCommands({ runtime, protection, deliveryExtension, service }: Written): CommandAt[] {
  const { apply, fetch, getInfo } = runtime?.extension ?? {};
  const commands = Object.entries({ apply, fetch, getInfo }).map(([name, command]) => ({
    at: ['runtime', 'extension', name],
    command,
  }));
  const all = [
    ...commands,
    { at: ['protection'], command: protection },
    { at: ['deliveryExtension'], command: deliveryExtension },
    ...(service ? inlinedIn(service) : []),
  ];
  return all.flatMap(({ at, command }) => (command ? [{ at, command }] : []));
}

function inlinedIn({ convergenceExtensions, perReleaseChannel = [] }: WrittenService) {
  const lists = [
    { at: ['service'], list: convergenceExtensions },
    ...perReleaseChannel.map((entry, i) => ({
      at: ['service', 'perReleaseChannel', i],
      list: entry.convergenceExtensions,
    })),
  ];
  return lists.flatMap(({ at, list = [] }) =>
    list.map(({ inlined }, i) => ({ at: [...at, 'convergenceExtensions', i, 'inlined'], command: inlined })),
  );
}
