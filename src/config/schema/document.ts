import { z } from 'zod';
import { isGiven, next, noEffect, object, oneOf, refused } from './define.js';
import { DeliveryExtension } from './delivery-extension.js';
import type { FieldsRule } from './facts.js';
import { Application } from './application.js';
import { Protection } from './protection.js';
import { ContainerRegistry } from './registry.js';
import { Runtime } from './runtime.js';
import { Service } from './service.js';

/** Metadata stands beside its own kind only (docs/spec.md §1.1). */
const metadataBesideItsKind: FieldsRule = (fields, report) => {
  for (const kind of ['application', 'service'])
    if (isGiven(fields, `${kind}Metadata`) && !isGiven(fields, kind))
      report({
        code: 'ONE_OF',
        path: [`${kind}Metadata`],
        atKey: true,
        message: `"${kind}Metadata" stands beside "${kind}" only`,
      });
};

const metadata = noEffect(z.record(z.string(), z.unknown()));

/** A document of a file: a map with the key of its kind (docs/spec.md §1.1). */
export const Document = object(
  {
    runtime: Runtime.optional().describe(
      'A linked Kubernetes cluster, or a runtime extension: commands that run as Jobs on such a cluster.',
    ),
    containerRegistry: ContainerRegistry.optional().describe(
      'A registry that images are pulled from, and the Secret that this needs.',
    ),
    application: Application.optional().describe('Release channels: the runtimes of each, and what it waits for.'),
    service: Service.optional().describe(
      'What is released: one service of an application, with values for the parameters of its runtime.',
    ),
    applicationMetadata: metadata,
    serviceMetadata: metadata,
    protection: next(Protection).describe('A check that holds a deployment, or fails it.'),
    deliveryExtension: next(DeliveryExtension).describe('A task that runs at a point of the lifecycle of a release.'),
    recipe: refused('start the releases in order, for example from CI with --wait'),
    releaseChannel: refused('write the channel under "application.releaseChannels"'),
  },
  oneOf('runtime', 'containerRegistry', 'application', 'service', 'protection', 'deliveryExtension'),
  metadataBesideItsKind,
);
export type Written = z.infer<typeof Document>;
