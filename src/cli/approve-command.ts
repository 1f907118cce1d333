import type { ChannelView } from '../release/view.js';

/** The command line that approves a gate; it names the gate where the channel has several. */
export function approveCommand(release: string, { name, gates }: ChannelView, gate: string): string {
  const several = gates.filter(({ kind }) => kind === 'approval').length > 1;
  return `towpath releases approve ${release} ${name}${several ? ` --gate ${gate}` : ''}`;
}
