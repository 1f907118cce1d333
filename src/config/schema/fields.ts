import { z } from 'zod';
import type { ConfigCode } from '../../release/codes.js';
import { list, object, oneOf, refused, uniqueNames } from './define.js';
import { note, type FieldsRule } from './facts.js';
import type { Params } from './zod-issue.js';

interface TextRule {
  code: ConfigCode;
  message: string;
  hint?: string;
  holds: (text: string) => boolean;
}

/** A text with a rule of ours and its own error code. */
export const textWith = ({ code, message, hint, holds }: TextRule) =>
  z.string().superRefine((text, context) => {
    const params = { code, ...(hint === undefined ? {} : { hint }) } satisfies Params;
    if (!holds(text)) context.addIssue({ code: 'custom', message, params: { ...params } });
  });

const isName = (text: string): boolean => text.length <= 63 && /^[a-z]([a-z0-9-]*[a-z0-9]){0,1}$/.test(text);
const nameRule = 'use a-z, 0-9 and -, begin with a letter, end with a letter or a digit, 63 at most';

const namePattern = '[a-z]([a-z0-9-]{0,61}[a-z0-9])?';

/** Also a valid Kubernetes label value, so it can travel on every object we create. */
export const Name = note(textWith({ code: 'BAD_NAME', message: nameRule, holds: isName }), {
  looks: { type: ['string'], pattern: `^${namePattern}$` },
});
export const NameOrEmpty = note(
  textWith({ code: 'BAD_NAME', message: nameRule, holds: (text) => text === '' || isName(text) }),
  { looks: { type: ['string'], pattern: `^(${namePattern})?$` } },
);

/** Names of parameters and constants (docs/spec.md §3.1). */
export const ParameterName = note(
  textWith({
    code: 'BAD_NAME',
    message: 'use letters, digits, _, . and -, begin with a letter or _, 63 at most',
    holds: (text) => /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/.test(text),
  }),
  { looks: { type: ['string'], pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,62}$' } },
);

/** A plain text that is not empty. */
export const Text = z.string().min(1);

/** Texts that may be templates (docs/spec.md §6.1). */
export const Template = note(z.string(), { template: true });
export const TemplateText = note(z.string().min(1), { template: true });

/** Bare or quoted, within what JSON numbers can hold exactly. */
export const Int = note(z.union([z.number(), z.string()], { error: 'must be a whole number' }), {
  looks: { type: ['integer', 'string'], pattern: '^-?[0-9]+$' },
}).transform((written, context) => {
  const value = typeof written === 'number' || /^-?[0-9]+$/.test(written) ? Number(written) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  const whole = Number.isInteger(value);
  const params = { code: whole ? 'BAD_VALUE' : 'WRONG_TYPE' } satisfies Params;
  const message = whole ? 'must lie between -(2^53-1) and 2^53-1' : 'must be a whole number';
  context.addIssue({ code: 'custom', message, params: { ...params } });
  return z.NEVER;
});

const secrets = refused('put the value into a Kubernetes Secret and use "kubernetesSecret"');
export const secretFields = { secret: secrets, rawSecret: secrets, secretRef: secrets };

/** Exactly one of a text and a reference to a Kubernetes Secret; never a secret's value (docs/spec.md §2.7). */
const EnvValue = object(
  {
    value: Template.optional().describe('The value as text; it may be a template.'),
    kubernetesSecret: object({
      secretName: Text.describe('Name of a Secret in the namespace of the Job.'),
      key: Text.describe('The key of that Secret which holds the value.'),
    })
      .optional()
      .describe('A reference to a Secret of Kubernetes that holds the value.'),
    ...secretFields,
  },
  oneOf('value', 'kubernetesSecret'),
);

/** Names of variables that a person may configure (docs/spec.md §1.4, §7.6). */
export const variableNames: FieldsRule = (env, report) => {
  for (const name of Object.keys(env)) {
    const reserved = isReserved(name);
    const message = reserved
      ? `"${name}" begins with PVN_ or TOWPATH_: such variables are set for you`
      : 'the name of a variable has letters, digits and _, and does not begin with a digit';
    if (reserved || !/^[a-zA-Z_]+[a-zA-Z0-9_]*$/.test(name))
      report({ code: reserved ? 'RESERVED_NAME' : 'BAD_NAME', path: [name], atKey: true, message });
  }
};

export const isReserved = (name: string): boolean => /^(?:PVN|TOWPATH)_/.test(name);

export const Env = note(z.record(z.string(), EnvValue), { rules: [variableNames] });

export const Constants = list(
  object({
    name: ParameterName.describe('What templates call it: {{.Constants.NAME}}.'),
    string: object({ value: z.string().describe('The text; it is no template.') }).describe(
      'Its value, which is a text.',
    ),
  }),
  uniqueNames('constant'),
);

const LabelText = textWith({
  code: 'BAD_VALUE',
  message: 'use letters, digits and . - _ @ +',
  holds: (text) => /^[a-zA-Z0-9.\-_@+]*$/.test(text),
});
export const Labels = z.array(
  object({
    label: LabelText.min(1).describe('Name of the label.'),
    value: LabelText.describe('Value of the label; may be empty.'),
  }),
);
