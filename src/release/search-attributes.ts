/** Search attributes of a release in Temporal, by what they hold (docs/architecture.md, what operators see). Never parameter values: they are not encrypted. */
export const searchAttributes = {
  application: 'TowpathApplication',
  service: 'TowpathService',
  channel: 'TowpathChannel',
  releaseId: 'TowpathReleaseId',
  version: 'TowpathVersion',
  phase: 'TowpathPhase',
  gate: 'TowpathGate',
  needsApproval: 'TowpathNeedsApproval',
} as const;
