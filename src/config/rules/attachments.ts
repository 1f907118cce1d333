import { attachedBy, attachedTo, type Attached } from '../attached.js';
import type { Catalog } from '../catalog.js';
import type { Path } from '../issue.js';
import type { Application, Channel, Service } from '../model.js';
import { taskPlace } from '../task-place.js';
import { mustExist, type Report, type Rule } from './rule.js';

/** Prodvana has such checks ready-made; here each is a program of your own. */
const isVendorCheck = (name: string): boolean => /^(?:pvn-)?check-no-[a-z0-9-]+-alerts$/.test(name);

function protectionExists({ attachment, at }: Attached, catalog: Catalog, report: Report): void {
  const { protection: name } = attachment;
  const path = [...at, 'ref', 'name'];
  if (isVendorCheck(name) && !catalog.protections.has(name) && !catalog.isBroken('protection', name))
    report({
      code: 'NOT_SUPPORTED',
      path,
      message: `"${name}" is a ready-made check of Prodvana, and as a protection it does not exist`,
      hint: 'write a protection with "taskConfig" that runs the check',
      missing: { kind: 'protection' },
    });
  else mustExist({ name, path, kind: 'protection', known: catalog.protections }, catalog, report);
}

interface Running {
  application: string;
  channel: Channel;
  path: Path;
}

/** Jobs beside the instance's own have one cluster and a namespace there (docs/spec.md §10.5). */
export function runsSomewhere({ application, channel, path }: Running, catalog: Catalog, report: Report): void {
  const place = taskPlace(channel, application, catalog);
  if ('several' in place)
    report({
      code: 'CONNECTION_MISMATCH',
      path,
      message: `channel "${channel.name}" lists several clusters: ${place.several.map((name) => `"${name}"`).join(', ')}`,
      hint: 'list one: protections and delivery extensions of the channel run there',
    });
  if ('namespace' in place && place.namespace.length > 63)
    report({
      code: 'NAMESPACE_TOO_LONG',
      path,
      message: `the namespace ${place.namespace} of channel "${channel.name}" is longer than 63 characters`,
      hint: 'set "containerOrchestration.k8s.namespace" at the cluster in the channel',
    });
}

/** A builtin runs no Job. */
const runsAJob = ({ attachment }: Attached, { protections }: Catalog): boolean => {
  const protection = protections.get(attachment.protection);
  return protection !== undefined && 'exec' in protection.check;
};

export const channelProtections: Rule<Application> = (application, catalog, report) => {
  for (const channel of application.channels) {
    const attached = attachedTo(application, channel);
    for (const each of attached) protectionExists(each, catalog, report);
    const [first] = attached.filter((each) => runsAJob(each, catalog));
    if (first) runsSomewhere({ application: application.name, channel, path: first.at }, catalog, report);
  }
};

export const serviceProtections: Rule<Service> = (service, catalog, report) => {
  for (const each of attachedBy(service)) protectionExists(each, catalog, report);
  const application = catalog.applications.get(service.application);
  for (const channel of application?.channels ?? []) {
    const [first] = attachedBy(service, channel.name).filter((each) => runsAJob(each, catalog));
    if (first) runsSomewhere({ application: service.application, channel, path: first.at }, catalog, report);
  }
};
