import { z } from 'zod';
import type { JsonObject } from '../../release/plan.js';
import type { Path } from '../issue.js';
import { readIssue } from '../schema/zod-issue.js';
import type { Report } from './manifest-rules.js';

const Texts = z.record(z.string(), z.string()).optional();
const Metadata = z.looseObject({ labels: Texts, annotations: Texts });

const Container = z.looseObject({
  name: z.string().min(1),
  image: z.string().optional(),
  env: z.array(z.looseObject({ name: z.string() })).optional(),
  volumeMounts: z.array(z.looseObject({ mountPath: z.string() })).optional(),
});

/** The parts of a Job that Towpath reads or adds to; everything else stays as it was written. */
const Job = z.looseObject({
  metadata: Metadata.extend({
    name: z.string().optional(),
    generateName: z.string().optional(),
    namespace: z.string().optional(),
  }).optional(),
  spec: z.looseObject({
    activeDeadlineSeconds: z.int().min(1).optional(),
    ttlSecondsAfterFinished: z.int().min(0).optional(),
    template: z.looseObject({
      metadata: Metadata.optional(),
      spec: z.looseObject({
        containers: z.array(Container).min(1),
        initContainers: z.array(Container).optional(),
        volumes: z.array(z.looseObject({ name: z.string() })).optional(),
        imagePullSecrets: z.array(z.looseObject({})).optional(),
      }),
    }),
  }),
});
export type ManifestJob = z.infer<typeof Job>;
export type ManifestContainer = z.infer<typeof Container>;

/** A manifest in which these parts have the types that Kubernetes wants; undefined, and reported, for any other. */
export function shapeOf(tree: JsonObject, report: Report): ManifestJob | undefined {
  const parsed = Job.safeParse(tree, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path = issue.path as Path;
    const { message, hint } = readIssue(issue, { name: String(path.at(-1)), source: () => undefined });
    report({ path, message, hint });
  }
  return undefined;
}
