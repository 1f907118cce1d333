import { documentKey } from '../documents.js';
import { firstPass, type Planning } from './passes.js';
import { isOpen, renderFull } from './rendering.js';
import { versionScope } from './scope.js';

/** Mistakes in `bundleName`, which says what a version is called: the same in all channels (docs/spec.md §5.1). */
export function checkVersionName(of: Planning): void {
  const { service, application, report } = of;
  const { bundleName, name, parameters: definitions } = service;
  if (bundleName === undefined) return;
  const at = { document: documentKey(service), path: ['service', 'bundleName'] };
  const channels = new Map<string, string>();
  for (const channel of application.channels) {
    // What is wrong with the parameters themselves shows where the channel is planned.
    const { params } = firstPass(channel, undefined, { ...of, report: () => undefined });
    const scope = versionScope({ definitions, params, application: application.name, service: name });
    const rendered = renderFull(
      bundleName,
      { path: at.path },
      { document: at.document, channel: channel.name, scope, report },
    );
    if (!isOpen(rendered)) channels.set(rendered, channel.name);
  }
  const names = [...channels].map(([rendered, channel]) => `"${rendered}" in channel "${channel}"`);
  if (names.length > 1)
    report({
      ...at,
      code: 'BAD_VALUE',
      message: `a version has one name for all channels, and this is ${names.join(', ')}`,
    });
}
