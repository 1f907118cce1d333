import { z } from 'zod';
import { Time } from './codes.js';
import { DiffAnswer, Issues, Kind, Source } from './configs.js';

const key = z.string().min(1).max(200);

export const ConfigVersion = z
  .object({
    version: z.int(),
    change: z.enum(['applied', 'reverted', 'deleted']),
    appliedBy: z.string(),
    appliedAt: Time,
    source: Source.exactOptional(),
    revertedTo: z.int().exactOptional().meta({ description: 'The version whose content this one brought back.' }),
  })
  .meta({ id: 'ConfigVersion', description: 'What became of a document at one time. A deletion is a version too.' });
export type ConfigVersion = z.infer<typeof ConfigVersion>;

export const RevertBody = z
  .strictObject({
    kind: Kind,
    key,
    to: z.int().min(1).exactOptional().meta({
      description: 'The version whose content comes back; the one before the newest unless said.',
    }),
    version: z.int().min(1).exactOptional().meta({
      description: 'The newest version as it was seen, a deletion included. Without it nothing is stored.',
    }),
    force: z.boolean().exactOptional().meta({ description: 'A new version also when the content is equal.' }),
  })
  .meta({ id: 'RevertBody' });
export type RevertBody = z.infer<typeof RevertBody>;

export const RevertAnswer = z
  .object({
    kind: Kind,
    key: z.string(),
    version: z.int().meta({ description: 'The newest version now, a deletion included.' }),
    to: z.int(),
    reverted: z.boolean().meta({ description: 'False of a dry run, and when the content is equal already.' }),
    documents: DiffAnswer.shape.documents.meta({
      description: 'The difference from what is stored; empty when the version cannot be read any more.',
    }),
    issues: Issues,
  })
  .meta({ id: 'RevertAnswer' });
export type RevertAnswer = z.infer<typeof RevertAnswer>;
