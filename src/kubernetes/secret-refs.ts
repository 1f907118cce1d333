import type { V1Container, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { SecretRef } from '../activities/ports.js';
import { given } from '../release/given.js';

/** The Secrets whose values a pod's programs get, as environment or as files; those that pull its images are not among them. */
export function secretRefs({ containers, initContainers = [], volumes = [] }: V1PodSpec): SecretRef[] {
  return [...[...initContainers, ...containers].flatMap(ofContainer), ...volumes.flatMap(ofVolume)];
}

interface Source {
  name?: string | undefined;
  keys?: string[] | undefined;
  optional?: boolean | undefined;
}

const refTo = ({ name, keys, optional }: Source): SecretRef[] =>
  name === undefined ? [] : [given({ name, keys, optional: optional === true ? optional : undefined })];

function ofContainer({ env = [], envFrom = [] }: V1Container): SecretRef[] {
  const one = env.flatMap(({ valueFrom }) => {
    const { name, key, optional } = valueFrom?.secretKeyRef ?? {};
    return refTo({ name, optional, keys: key === undefined ? undefined : [key] });
  });
  return [...one, ...envFrom.flatMap(({ secretRef }) => refTo(secretRef ?? {}))];
}

function ofVolume({ secret, projected }: V1Volume): SecretRef[] {
  const keysOf = (items: { key: string }[] | undefined): string[] | undefined => items?.map(({ key }) => key);
  const whole = secret ? refTo({ name: secret.secretName, keys: keysOf(secret.items), optional: secret.optional }) : [];
  const parts = (projected?.sources ?? []).flatMap(({ secret: part }) =>
    part ? refTo({ name: part.name, keys: keysOf(part.items), optional: part.optional }) : [],
  );
  return [...whole, ...parts];
}
