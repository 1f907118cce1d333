import { extensionLists } from '../commands.js';
import type { Path } from '../issue.js';
import type { ConvergenceExtension, Service } from '../model.js';
import { suggestion } from '../suggest.js';
import { runsSomewhere } from './attachments.js';
import { cyclesIn } from './cycles.js';
import { mustExist, type Report, type Rule } from './rule.js';

interface ExtensionAt {
  extension: ConvergenceExtension;
  at: Path;
}

/** The lists that hold in one channel: the service's, and that of its entry; the service's alone where it has none. */
function mergedLists(service: Service): ExtensionAt[][] {
  const [general, ...entries] = extensionLists(service).map(({ at, list }) =>
    list.map((extension, i) => ({ extension, at: [...at, i] })),
  );
  return [general ?? [], ...entries.filter((list) => list.length > 0).map((list) => [...(general ?? []), ...list])];
}

const extensionsExist: Rule<Service> = (service, catalog, report) => {
  for (const { extension, at } of new Set(mergedLists(service).flat())) {
    if (!('ref' in extension.run)) continue;
    const path = [...at, 'ref', 'name'];
    const known = catalog.deliveryExtensions;
    mustExist({ name: extension.run.ref, path, kind: 'deliveryExtension', known }, catalog, report);
  }
};

/** The same mistake in the lists of several channels is one. */
const inEachList =
  (rule: (list: readonly ExtensionAt[], report: Report) => void): Rule<Service> =>
  (service, _, report) => {
    const said = new Set<string>();
    for (const list of mergedLists(service))
      rule(list, (found) => {
        const key = JSON.stringify([found.path, found.message]);
        if (!said.has(key)) report(found);
        said.add(key);
      });
  };

const namesAreUnique = inEachList((list, report) => {
  for (const [i, { extension, at }] of list.entries())
    if (extension.name !== undefined && list.slice(0, i).some((each) => each.extension.name === extension.name))
      report({
        code: 'BAD_NAME',
        path: at,
        message: `extension "${extension.name}" is there twice`,
        hint: 'those of the service are in every channel',
      });
});

const lifecycles = ['PRE_APPROVAL', 'POST_APPROVAL', 'POST_DEPLOYMENT'];

const dependenciesCanBeMet = inEachList((list, report) => {
  for (const { extension, at } of list)
    for (const [i, name] of extension.dependencies.entries()) {
      const path = [...at, 'dependencies', i, 'name'];
      const others = list.flatMap((each) => (each.extension === extension ? [] : [each.extension]));
      const target = others.find((each) => each.name === name);
      if (name === extension.name) report({ code: 'CYCLE', path, message: `"${name}" depends on itself` });
      else if (!target)
        report({
          code: 'UNKNOWN_REFERENCE',
          path,
          message: `extension "${name}" does not exist here`,
          hint: suggestion(
            name,
            others.flatMap((each) => each.name ?? []),
          ),
        });
      else if (lifecycles.indexOf(target.lifecycle) > lifecycles.indexOf(extension.lifecycle))
        report({ code: 'CYCLE', path, message: `"${name}" runs later, in ${target.lifecycle}` });
    }
});

const noCycles = inEachList((list, report) => {
  const named = list.flatMap(({ extension }) =>
    extension.name === undefined
      ? []
      : [[extension.name, extension.dependencies.filter((name) => name !== extension.name)] as const],
  );
  for (const cycle of cyclesIn(new Map(named))) {
    const start = list.find(({ extension }) => extension.name === cycle[0]);
    const message = `extensions depend on each other: ${[...cycle, cycle[0]].join(' → ')}`;
    report({ code: 'CYCLE', path: [...(start?.at ?? []), 'dependencies'], message });
  }
});

const theyRunSomewhere: Rule<Service> = (service, catalog, report) => {
  const application = catalog.applications.get(service.application);
  for (const channel of application?.channels ?? []) {
    const lists = extensionLists(service).filter((each) => each.channel === undefined || each.channel === channel.name);
    const [first] = lists.filter(({ list }) => list.length > 0);
    if (first) runsSomewhere({ application: service.application, channel, path: first.at }, catalog, report);
  }
};

/** Of the convergence extensions of a service (docs/spec.md §10.4). */
export const convergenceExtensionRules: readonly Rule<Service>[] = [
  extensionsExist,
  namesAreUnique,
  dependenciesCanBeMet,
  noCycles,
  theyRunSomewhere,
];
