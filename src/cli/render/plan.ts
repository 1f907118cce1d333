import type { JobPreview, VariablePreview } from '../../release/job-preview.js';
import type { ChannelChanges, FactChange, ValueChange } from '../../release/plan-changes.js';
import type { ChannelPreview, GatePreview } from '../../release/preview.js';
import type { PlanAnswer } from '../../server/api.js';
import type { Colors } from './colors.js';
import type { TableLook } from './table.js';
import { printable } from './text.js';
import { duration } from './time.js';
import { wrapped } from './wrapped.js';

/** A label of a channel and what it says, one text a line. */
type Block = [label: string, texts: readonly string[]];

/** The longest of the labels. */
const labelWidth = 'namespace'.length;

/** What a release would do: per channel its gates and who can act, its Jobs, and what differs from the last release. */
export function renderPlan({ plan, channels, changes }: PlanAnswer, { colors, columns }: TableLook): string[] {
  const { since } = changes;
  return [
    `${colors.bold(`${plan.application}/${plan.service}`)}  ${printable(plan.version.name)}  digest ${plan.digest.slice(0, 12)}`,
    since === undefined ? 'the first release of this service' : `compared with ${since}`,
    ...channels.flatMap((channel) => {
      const changed = changes.channels.find((each) => each.channel === channel.name);
      const { name, runtime, cluster, parameters } = channel;
      const blocks: Block[] = [
        ['starts', startTexts(channel, plan.version.name)],
        ...channel.jobs.flatMap(jobBlocks),
        ['values', parameters.map((each) => `${each.name} = ${shown(each.value)}`)],
        ...(changed && since !== undefined ? changeBlocks(changed, since) : []),
      ];
      const head = `${colors.bold(name)}  ${colors.dim(`${runtime} on ${cluster}`)}`;
      return ['', head, ...blocks.flatMap((block) => blockLines(block, columns, colors))];
    }),
  ];
}

function blockLines([label, texts]: Block, columns: number, colors: Colors): string[] {
  const indent = labelWidth + 4;
  const head = label.padEnd(labelWidth);
  const first = label === 'differs' || label === 'new' ? colors.yellow(head) : head;
  return texts
    .flatMap((text) => wrapped(printable(text), columns - indent))
    .map((line, i) => `  ${i === 0 ? first : ' '.repeat(labelWidth)}  ${line}`);
}

const startTexts = ({ gates }: ChannelPreview, version: string): string[] =>
  gates.length === 0 ? ['at once'] : gates.flatMap((gate) => gateTexts(gate, version));

function gateTexts({ kind, name, description, who }: GatePreview, version: string): string[] {
  const opens = kind === 'stable' ? `when "${name}" has converged at ${version}` : `when "${name}" is approved`;
  const asks = description === undefined ? [] : [`  asks for: ${description}`];
  return [`${opens} (can act: ${who})`, ...asks];
}

function jobBlocks(job: JobPreview): Block[] {
  const { namespace, managed, prefix, image, entrypoint, args, serviceAccount, otherContainers, timeoutMs } = job;
  const words = [...(entrypoint ?? []), ...(args ?? [])];
  return [
    [job.command, [`Job ${prefix}-…`]],
    ['namespace', [managed ? namespace : `${namespace} (yours: it must exist)`]],
    ['image', [image, ...otherContainers.map((each) => `${each.name}: ${each.image}`)]],
    ['command', [words.length === 0 ? "the image's own" : words.map(shown).join(' ')]],
    ['env', job.env.filter(isTheirs).map(variableText)],
    ['account', serviceAccount === undefined ? [] : [serviceAccount]],
    ['deadline', [duration(timeoutMs)]],
  ];
}

/** What every Job gets (docs/concepts.md) is left to `--format json`. */
const isTheirs = ({ name }: VariablePreview): boolean => !/^(PVN|TOWPATH)_/.test(name);

function variableText(variable: VariablePreview): string {
  if ('value' in variable) return `${variable.name}=${shown(variable.value)}`;
  const source = 'secret' in variable ? `Secret ${variable.secret.name}/${variable.secret.key}` : variable.from;
  return `${variable.name} from ${source}`;
}

function changeBlocks({ job, facts, values }: ChannelChanges, since: string): Block[] {
  const carried = values.filter(({ change }) => change === 'carried').map(({ name }) => name);
  const given = values.filter(({ change }) => change !== 'carried').map(valueText);
  const tail: Block[] = carried.length === 0 ? [] : [['carried', [carried.join(', ')]]];
  if (job === 'new') return [['new', [`${since} did not take this channel`, ...given]], ...tail];
  const differing = [...facts.map(factText), ...given];
  return differing.length === 0 ? [['same', [`as ${since}`]], ...tail] : [['differs', differing], ...tail];
}

const factText = ({ fact, before, value }: FactChange): string => `${fact}: ${beforeAfter(before, value)}`;

/** `value changeId: 41 → 42` */
const valueText = ({ name, before, value }: ValueChange): string => `value ${name}: ${beforeAfter(before, value)}`;

function beforeAfter(before: string | undefined, value: string | undefined): string {
  if (before !== undefined && value !== undefined) return `${shown(before)} → ${shown(value)}`;
  const text = before ?? value ?? '';
  return `${text === '' ? '' : `${shown(text)} `}is ${before === undefined ? 'new' : 'gone'}`;
}

/** A text whose ends can be seen: quoted where it is empty or has spaces in it. */
const shown = (text: string): string => (/^[^\s"'\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text));
