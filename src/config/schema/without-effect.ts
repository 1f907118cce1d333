import { z } from 'zod';
import { noEffect } from './define.js';

const items = z.array(z.record(z.string(), z.unknown()));
const map = z.record(z.string(), z.unknown());

/** Fields of applications and services that are accepted and do nothing (docs/spec.md §1.7). */
export const withoutEffect = {
  annotations: noEffect(map),
  alerts: noEffect(z.union([map, items], { error: 'must be a map or a list of maps' })),
  capabilities: noEffect(items),
  capabilityInstances: noEffect(items),
};
