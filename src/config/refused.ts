import type { Found, Path } from './issue.js';

/** Known fields that do not act: refused by name, with what to do instead (docs/spec.md §1.6). */
const refused: readonly { at: RegExp; instead: string }[] = [
  {
    at: /^(recipe|releaseChannel)$/,
    instead:
      'start the releases in order, for example from CI with --wait; write channels under application.releaseChannels',
  },
  { at: /^(protection|deliveryExtension)$/, instead: 'it is planned; leave it out' },
  {
    at: /^runtime\.(terraformRunner|pulumiRunner|awsEcs|googleCloudRun|fly|genericDocker)$/,
    instead: 'write a runtime extension',
  },
  { at: /^runtime\.fake$/, instead: '`towpath demo` starts an embedded cluster' },
  { at: /^runtime\.autoRollback$/, instead: 'it is planned; leave it out' },
  {
    at: /^runtime\.(extension|custom)\.(fetch|getInfo|debug|requireApprovalBeforeApply|convergenceGracePeriod|applyId)$/,
    instead: 'it is planned; leave it out',
  },
  {
    at: /\.apply\.(retryPolicy|retryableExitCodes|maxConcurrency|idempotent)$/,
    instead: 'it is planned; leave it out',
  },
  { at: /\.(taskConfig|program)\.retryConfig$/, instead: 'it is planned as retryPolicy of the command; leave it out' },
  { at: /\.program\.(healthCheck|ports)$/, instead: 'a Job has none; leave it out' },
  { at: /\.kubernetesConfig\.(inlined|remote|patches|envInjectionMode)$/, instead: 'point local.path at the manifest' },
  {
    at: /\.kubernetesConfig\.local\.(paths|subPath|includePatterns|excludePatterns)$/,
    instead: 'point local.path at the manifest',
  },
  { at: /\.containerOrchestration\.ecs$/, instead: 'Jobs run on Kubernetes only' },
  {
    at: /(^|\.)env\.[^.]+\.(secret|rawSecret)$|\.defaultEnv\.[^.]+\.(secret|rawSecret)$/,
    instead: 'put the value into a Kubernetes Secret and use kubernetesSecret',
  },
  { at: /\.parameters\.\d+\.(bool|secret|commit|blob)$/, instead: 'it is planned; use string' },
  {
    at: /^application\.(releaseChannelGroups|notifications|releaseSettings)$/,
    instead: 'leave it out; write the channels out',
  },
  {
    at: /\.releaseChannels\.\d+\.(onFailure|convergence|protections|serviceInstanceProtections|convergenceProtections|disableAllProtections)$/,
    instead: 'it is planned; leave it out',
  },
  { at: /\.preconditions\.\d+\.(sharedManualApproval|customTask)$/, instead: 'it is planned; use manualApproval' },
  { at: /\.releaseChannelStable\.(for|duration|selector|allowEmpty)$/, instead: 'it is planned; leave it out' },
  {
    at: /\.manualApproval\.(minApprovers|everyAction|approvers|allowRequester|expiresAfter)$/,
    instead: 'it is planned; leave it out',
  },
  {
    at: /^service\.(helm|awsEcs|googleCloudRun|fly|terraform|pulumi|programs|kubernetesConfig|volumes|replicas)$/,
    instead: 'write a runtime extension that runs the tool',
  },
  {
    at: /^service\.(bundleName|progressDeadline|autoRollback|convergenceExtensions|convergenceProtections|maestro|deliveryExtensions)$/,
    instead: 'it is planned; leave it out',
  },
];

/** Takes refused fields out of a value, each with an error of its own, so that they are reported once. */
export function takeRefused(value: unknown, path: Path = []): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const found: Found[] = [];
  for (const [key, child] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const rule = refused.find((each) => each.at.test(at.join('.')));
    if (rule) {
      found.push({
        code: 'NOT_SUPPORTED',
        path: at,
        atKey: true,
        message: `"${key}" is not supported`,
        hint: rule.instead,
      });
      delete (value as Record<string, unknown>)[key];
    } else found.push(...takeRefused(child, at));
  }
  return found;
}
