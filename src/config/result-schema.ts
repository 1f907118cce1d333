import { z } from 'zod';

/** All that a program may report, as bytes of JSON (docs/spec.md §7.7). */
export const resultLimit = 256 * 1024;

/** Deeper than anything that people read, and shallow enough for whoever walks through it. */
export const resultDepth = 64;

const Link = z
  .looseObject({
    url: z
      .url({ protocol: /^https?$/, error: 'not an http or https URL' })
      .meta({ description: 'Only `http` and `https`.', pattern: '^https?://' }),
    name: z.string().exactOptional().meta({ description: 'What to call it; the address unless said.' }),
    type: z.string().exactOptional().meta({ description: '`DETAIL`, `LOG`, `APP`, or a word of your own.' }),
  })
  .meta({ description: 'A place that has more about the run.' });

/** What a program may report about its run. Unknown keys are kept. */
export const ResultSchema = z
  .looseObject({
    message: z.string().exactOptional().meta({ description: 'One sentence, shown with the run.' }),
    outputs: z
      .array(z.looseObject({ name: z.string(), text: z.string() }))
      .exactOptional()
      .meta({ description: 'Named texts, shown with the run.' }),
    externalLinks: z.array(Link).exactOptional(),
  })
  .meta({ title: 'Result of a run', description: 'The JSON object that a program may write to TOWPATH_RESULT_PATH.' });
