import type { Application, Channel, ExtensionRuntime, ClusterRuntime, Service } from './model.js';
import { isExtension } from './model.js';
import type { PlanIssue } from './plan-issue.js';

type Runtimes = Record<string, ClusterRuntime | ExtensionRuntime>;

interface Choosing {
  application: Application;
  service: Service;
  runtimes: Runtimes;
  issues: PlanIssue[];
}

/** The extension that a service uses in a channel: the connection it names, or the only one there is (docs/spec.md §4.3, §5.1). */
export function chooseRuntime(
  channel: Channel,
  { application, service, runtimes, issues }: Choosing,
): ExtensionRuntime | undefined {
  const document = `service/${service.application}/${service.name}`;
  const wanted = service.channels[channel.name]?.connection ?? service.connection;
  const extensions = channel.runtimes.flatMap((each) => {
    const runtime = runtimes[each.runtime];
    return runtime && isExtension(runtime) ? [{ name: each.name, runtime }] : [];
  });
  if (wanted === undefined) {
    if (extensions.length === 1) return extensions[0]?.runtime;
    const names = extensions.map(({ name }) => `"${name}"`).join(', ');
    const several = extensions.length > 1;
    // A runtime that does not exist is reported where it is named.
    if (several || channel.runtimes.every((each) => runtimes[each.runtime]))
      issues.push({
        code: 'CONNECTION_MISMATCH',
        document,
        path: ['service'],
        message: several
          ? `channel "${channel.name}" has several runtimes: ${names}`
          : `channel "${channel.name}" has no runtime extension`,
        ...(several ? { hint: 'name one with runtimeConnection' } : {}),
      });
    return undefined;
  }
  const found = extensions.find(({ name }) => name === wanted);
  if (found) return found.runtime;
  if (channel.runtimes.some(({ name }) => name === wanted)) return undefined;
  const lacking = application.channels
    .filter(({ runtimes: each }) => !each.some(({ name }) => name === wanted))
    .map(({ name }) => `"${name}"`);
  issues.push({
    code: 'CONNECTION_MISMATCH',
    document,
    path: ['service', 'runtimeConnection'],
    message: `connection "${wanted}" is missing in channel ${lacking.join(', ') || `"${channel.name}"`}`,
  });
  return undefined;
}
