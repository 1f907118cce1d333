import type { ChannelView, Explanation, ReleaseView, RunView } from './view.js';

/**
 * The release in Markdown, for Temporal's Web UI: someone who has only that page can tell what it did and what it waits
 * for. One level of lists, since the page shows no deeper one. Ours is the only Markdown in it: names are restricted by the language, other people's words are quoted as code.
 */
export function story(view: ReleaseView): string {
  const decisions = view.decisions.slice(-10).map(decisionLine);
  return [
    `**${view.id}** (${view.version}) is **${view.status}**${retry(view)}`,
    ...view.channels.flatMap(channelLines),
    ...(decisions.length > 0 ? ['', '**Decisions and signals**', '', ...decisions] : []),
  ].join('\n');
}

const retry = ({ retryUntil }: ReleaseView): string =>
  retryUntil === undefined ? '' : `; what failed may be retried until ${retryUntil}`;

function channelLines(channel: ChannelView): string[] {
  const gates = channel.gates.map(
    (gate) => `- gate ${gate.kind} ${code(gate.name)}: ${gate.state}${gate.by ? ` by ${code(gate.by)}` : ''}`,
  );
  return [
    '',
    `**${channel.name}** is **${channel.status}** (runtime ${channel.runtime} on ${channel.cluster})`,
    '',
    ...gates,
    ...channel.runs.map(runLine),
    ...channel.explanations.map(explanationLine),
  ];
}

function runLine(run: RunView): string {
  const job = run.job ? ` as Job ${code(`${run.job.namespace}/${run.job.name}`)}` : '';
  const exit = run.end?.exitCode === undefined ? '' : `, exit code ${run.end.exitCode}`;
  const message = run.end?.result?.message ?? run.end?.largeResult?.message;
  return `- run ${run.run} (${run.command}) ${run.state}${job}${exit}${message ? `: ${code(message)}` : ''}`;
}

function explanationLine(why: Explanation): string {
  const tail = why.tail && why.tail.length > 0 ? `; last line: ${code(why.tail.at(-1) ?? '')}` : '';
  return `- ${why.code}: ${code(why.message)}${tail}`;
}

function decisionLine(decision: ReleaseView['decisions'][number]): string {
  const what = `${decision.decision} ${decision.channel}${decision.gate ? `/${decision.gate}` : ''}`;
  const outcome = decision.counted ? 'counted' : `did not count: ${decision.why ?? ''}`;
  return `- ${decision.at} ${code(what)} by ${code(decision.by)} (${decision.source}): ${code(outcome)}`;
}

/** Other people's words as inline code, so that they cannot become a link or a heading. */
const code = (text: string): string => `\`${text.replace(/[`\r\n]/g, ' ').slice(0, 300)}\``;
