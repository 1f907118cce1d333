import { commandsOf } from '../commands.js';
import type { Path } from '../issue.js';
import { registriesOf } from '../kinds/index.js';
import type { ConfigDocument } from '../model.js';
import { mustExist, type Rule } from './rule.js';

const registriesExist: Rule<ConfigDocument> = (document, catalog, report) => {
  const check = (name: string, path: Path): void =>
    mustExist({ name, path, kind: 'containerRegistry', known: catalog.registries }, catalog, report);
  for (const { at, command } of commandsOf(document))
    if (command.exec.kind === 'task' && typeof command.exec.image === 'object')
      check(command.exec.image.registry, [...at, 'taskConfig', 'program', 'imageRegistryInfo', 'containerRegistry']);
  for (const { definitions, path: list } of definitionsIn(document))
    for (const [i, parameter] of definitions.entries())
      for (const { path, name } of registriesOf(parameter)) check(name, [...list, i, ...path]);
};

/** Each list of parameters once, whatever number of commands it is for. */
function definitionsIn(document: ConfigDocument) {
  const own =
    document.kind === 'service' ? [{ definitions: document.parameters, path: ['service', 'parameters'] as Path }] : [];
  const lists = commandsOf(document).map(({ definitions, definitionsAt }) => ({ definitions, path: definitionsAt }));
  return [...own, ...new Map(lists.map((list) => [list.definitions, list])).values()];
}

const noWrapper: Rule<ConfigDocument> = (document, _, report) => {
  for (const { at, command } of commandsOf(document)) {
    if (command.exec.kind !== 'task') continue;
    const { entrypoint = [], cmd = [] } = command.exec;
    const field = entrypoint.length > 0 ? 'entrypoint' : 'cmd';
    const [first = ''] = [...entrypoint, ...cmd];
    if (!/^(?:.*\/)?pvn-wrapper$/.test(first.trim().split(/\s/)[0] ?? '')) continue;
    report({
      code: 'BAD_VALUE',
      severity: 'warning',
      path: [...at, 'taskConfig', 'program', field, 0],
      message: 'pvn-wrapper needs the API of Prodvana, which is not here',
      hint: 'call the command itself',
    });
  }
};

/** Of everything that is run as a Job. */
export const commandRules: readonly Rule<ConfigDocument>[] = [registriesExist, noWrapper];
