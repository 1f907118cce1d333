import type { Path } from './issue.js';
import type { CommandName } from './job/build.js';
import type { ParameterDefinition } from './kinds/index.js';
import { isExtension, type Command, type ConfigDocument, type ExtensionRuntime, type Service } from './model.js';

/** Something of a document that is run as a Job, and the parameters that its texts may use. */
export interface OwnCommand {
  name: CommandName;
  /** Where it stands in the document. */
  at: Path;
  command: Command;
  definitions: readonly ParameterDefinition[];
  definitionsAt: Path;
  /** Of the document around it: its own come before them (docs/spec.md §10.4). */
  outer: readonly ParameterDefinition[];
  /** `sharedInstanceKey`, a template. */
  sharedKey?: string | undefined;
}

/** Everything in a document that is run as a Job. */
export function commandsOf(document: ConfigDocument): OwnCommand[] {
  if (document.kind === 'runtime') return isExtension(document) ? commandsOfExtension(document) : [];
  if (document.kind === 'service') return inlinedIn(document);
  const { kind } = document;
  if (kind !== 'protection' && kind !== 'deliveryExtension') return [];
  const own = { at: [kind], definitions: document.parameters, definitionsAt: [kind, 'parameters'], outer: [] };
  if (kind === 'deliveryExtension')
    return [{ ...own, name: 'extension', command: document, sharedKey: document.sharedKey }];
  const { check, timeoutMs } = document;
  return 'exec' in check ? [{ ...own, name: 'protection', command: { ...check, timeoutMs } }] : [];
}

function commandsOfExtension({ extension }: ExtensionRuntime): OwnCommand[] {
  const { apply, fetch, getInfo, parameters } = extension;
  const at = ['runtime', 'extension'];
  const own = { definitions: parameters, definitionsAt: [...at, 'parameters'], outer: [] };
  return [
    { ...own, name: 'apply', at: [...at, 'apply'], command: apply },
    ...(fetch ? [{ ...own, name: 'fetch' as const, at: [...at, 'fetch'], command: fetch }] : []),
    ...(getInfo ? [{ ...own, name: 'get-info' as const, at: [...at, 'getInfo'], command: getInfo }] : []),
  ];
}

const inlinedIn = (service: Service): OwnCommand[] =>
  extensionLists(service).flatMap(({ at, list }) =>
    list.flatMap(({ run }, i): OwnCommand[] => {
      if (!('inlined' in run)) return [];
      const path = [...at, i, 'inlined'];
      const { parameters, sharedKey } = run.inlined;
      const own = { definitions: parameters, definitionsAt: [...path, 'parameters'], outer: service.parameters };
      return [{ ...own, name: 'extension', at: path, command: run.inlined, sharedKey }];
    }),
  );

/** The convergence extensions of a service and of its entries for channels. */
export const extensionLists = ({ convergenceExtensions = [], channels }: Service) => [
  { channel: undefined, at: ['service', 'convergenceExtensions'], list: convergenceExtensions },
  ...channels.map((entry, i) => ({
    channel: entry.channel,
    at: ['service', 'perReleaseChannel', i, 'convergenceExtensions'],
    list: entry.convergenceExtensions ?? [],
  })),
];
