/** `my-app/my-service/7` */
export const releaseId = (application: string, service: string, number: number): string =>
  `${application}/${service}/${number}`;

/** Also what makes a second start find the first (docs/architecture.md, workflows). */
export const releaseWorkflowId = (id: string): string => `release/${id}`;

/** Task queue of workflows and of activities that need no cluster. */
export const mainQueue = 'towpath';

/** Short calls to one linked cluster. */
export const clusterQueue = (cluster: string): string => `k8s-${cluster}`;

/** Long waits for Jobs of one cluster: apart, so that waiting never blocks work. */
export const waitQueue = (cluster: string): string => `k8s-${cluster}-wait`;

export interface ParsedReleaseId {
  application: string;
  service: string;
  number: number;
}

/** Reads `app/service/7`; undefined for anything else. */
export function parseReleaseId(text: string): ParsedReleaseId | undefined {
  const match = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9-]*)\/([1-9][0-9]{0,9})$/.exec(text);
  if (!match) return undefined;
  return { application: match[1] as string, service: match[2] as string, number: Number(match[3]) };
}
