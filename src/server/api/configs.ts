import { z } from 'zod';
import {
  kinds,
  type Attachment as Attached,
  type Issue as Remark,
  type SourceFile as File,
} from '../../config/documents.js';
import { sourceText } from '../../config/source-text.js';
import type { Place as At } from '../../release/towpath-error.js';
import { ErrorCode, Time } from './codes.js';
import type { Fields } from './fields.js';

export const Kind = z.enum(kinds).meta({ id: 'Kind' });

const path = z.string().min(1).max(1000);
const SourceFile = z
  .strictObject({ path, text: z.string() } satisfies Fields<File>)
  .meta({ id: 'SourceFile', description: 'A file: its path as the person named it, and its text.' });
const UnreadFile = z
  .strictObject({
    path,
    problem: z.strictObject({ code: z.enum(['FILE_UNREADABLE', 'PATH_ESCAPE']), message: z.string().max(2000) }),
  })
  .meta({ id: 'UnreadFile', description: 'A file that a document refers to and that could not be read, with why.' });
const Attachment = z.union([SourceFile, UnreadFile]) satisfies z.ZodType<Attached>;

export const ConfigsBody = z
  .strictObject({
    files: z.array(SourceFile).max(1000),
    attachments: z.array(Attachment).max(1000).meta({
      description: 'Files that documents refer to (manifests), by the same paths.',
    }),
  })
  .meta({ id: 'ConfigsBody' });
export type ConfigsBody = z.infer<typeof ConfigsBody>;

export const Source = z.string().regex(sourceText, 'printable text of 200 characters at most').meta({
  description: 'Where the content came from: a git commit, an address, any line of text.',
});

export const ApplyBody = ConfigsBody.extend({
  source: Source.exactOptional(),
  force: z
    .record(z.string(), z.int())
    .exactOptional()
    .meta({
      description:
        'Versions by `kind/key` that get a new one although the content is equal. One that is not the newest any more is ' +
        'left alone, so that a repeated request stores nothing twice.',
    }),
}).meta({ id: 'ApplyBody' });
export type ApplyBody = z.infer<typeof ApplyBody>;

const Place = z.object({ file: z.string(), line: z.int(), column: z.int() } satisfies Fields<At>);

export const Issue = z
  .object({
    severity: z.enum(['error', 'warning', 'note']),
    code: ErrorCode,
    message: z.string(),
    hint: z.string().exactOptional(),
    at: Place.exactOptional().meta({ description: 'Line and column count from 1.' }),
    path: z.string().exactOptional().meta({ description: 'Inside the document: `releaseChannels.1.runtimes.0`.' }),
    line: z.string().exactOptional().meta({ description: 'The offending line, or the part of a very long one.' }),
    caret: z.int().exactOptional().meta({ description: 'Position in `line`, from 1.' }),
  } satisfies Fields<Remark>)
  .meta({ id: 'Issue', description: 'One mistake or remark, with its place.' }) satisfies z.ZodType<Remark>;

const changes = ['new', 'changed', 'unchanged'] as const;
export const Issues = z
  .array(Issue)
  .meta({ description: 'Errors, warnings and notes, sorted by file, line and column.' });

export const ConfigsAnswer = z
  .object({
    documents: z.array(
      z.object({
        kind: Kind,
        key: z.string(),
        version: z.int().exactOptional(),
        change: z.enum([...changes, 'forced']).meta({
          description: 'forced: the content is equal, and got a new version because that was asked for.',
        }),
      }),
    ),
    issues: Issues,
  })
  .meta({ id: 'ConfigsAnswer' });
export type ConfigsAnswer = z.infer<typeof ConfigsAnswer>;

export const DiffAnswer = z
  .object({
    documents: z.array(
      z.object({
        kind: Kind,
        key: z.string(),
        change: z.enum(changes),
        stored: z.int().exactOptional().meta({ description: 'The stored version that it is compared with.' }),
        diff: z.string().meta({
          description:
            'Unified, of the documents as they are understood, in YAML with sorted keys. Empty when that is the same: ' +
            'a change of comments or layout alone is one without a difference.',
        }),
      }),
    ),
    issues: Issues,
  })
  .meta({ id: 'DiffAnswer' });
export type DiffAnswer = z.infer<typeof DiffAnswer>;

/** Path of one document. */
export const ConfigParams = z.object({
  kind: Kind,
  key: z.string().meta({ description: 'A service’s is `app/service`; its slash may stand as it is, or as %2F.' }),
});

export const ConfigSummary = z
  .object({
    kind: Kind,
    key: z.string(),
    version: z.int(),
    appliedBy: z.string(),
    appliedAt: Time,
    source: Source.exactOptional(),
  })
  .meta({ id: 'ConfigSummary', description: 'One version of a document. A service’s key is `app/service`.' });
export type ConfigSummary = z.infer<typeof ConfigSummary>;

export const ConfigDetail = ConfigSummary.extend({
  text: z.string().meta({ description: 'As it was written.' }),
  document: z.unknown().meta({ description: 'As it was understood.' }),
}).meta({ id: 'ConfigDetail' });
export type ConfigDetail = z.infer<typeof ConfigDetail>;
