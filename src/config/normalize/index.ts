import { given } from '../../release/given.js';
import { registryHost } from '../image.js';
import type { ConfigDocument, Registry } from '../model.js';
import type { Written } from '../schema/document.js';
import { application } from './application.js';
import type { ManifestAt } from './command.js';
import { deliveryExtension, protection } from './protection.js';
import { runtime } from './runtime.js';
import { service } from './service.js';

/**
 * One spelling, defaults filled in, lists where something may be left out. Undefined when a one-of group has not exactly
 * one member, which has been reported, or when a manifest could not be read.
 */
export function normalize(written: Written, manifestAt: ManifestAt): ConfigDocument | undefined {
  if (written.runtime) return runtime(written.runtime, manifestAt);
  if (written.containerRegistry) return containerRegistry(written.containerRegistry);
  if (written.application) return application(written.application);
  if (written.protection) return protection(written.protection, manifestAt);
  if (written.deliveryExtension) return deliveryExtension(written.deliveryExtension, manifestAt);
  return written.service && service(written.service, manifestAt);
}

function containerRegistry({ name, url, pullSecret }: NonNullable<Written['containerRegistry']>): Registry {
  const host = registryHost(url) ?? url;
  return given({ kind: 'containerRegistry' as const, name, host, pullSecret: pullSecret?.kubernetesSecret });
}
