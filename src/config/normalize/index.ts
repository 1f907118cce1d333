import { given } from '../../release/given.js';
import { registryHost } from '../image.js';
import type { ConfigDocument, Manifest, Registry } from '../model.js';
import type { Written } from '../schema/document.js';
import { application } from './application.js';
import { runtime } from './runtime.js';
import { service } from './service.js';

/**
 * One spelling, defaults filled in, lists where something may be left out. Undefined when a one-of group has not exactly
 * one member, which has been reported, or when the manifest could not be read.
 */
export function normalize(written: Written, manifest: Manifest | undefined): ConfigDocument | undefined {
  if (written.runtime) return runtime(written.runtime, manifest);
  if (written.containerRegistry) return containerRegistry(written.containerRegistry);
  if (written.application) return application(written.application);
  return written.service && service(written.service);
}

function containerRegistry({ name, url, pullSecret }: NonNullable<Written['containerRegistry']>): Registry {
  const host = registryHost(url) ?? url;
  return given({ kind: 'containerRegistry' as const, name, host, pullSecret: pullSecret?.kubernetesSecret });
}
