import { nearest } from '../../config/suggest.js';
import { TowpathError } from '../../release/towpath-error.js';
import { defineCommand } from '../command.js';
import { completionScripts, type Shell } from '../completion-scripts.js';

const isShell = (text: string): text is Shell => Object.hasOwn(completionScripts, text);

/** Prints a script for a shell, which asks `towpath complete` at each tab. */
export const command = defineCommand({
  examples: [
    ['completion bash', 'in ~/.bashrc: source <(towpath completion bash)'],
    ['completion zsh', 'in ~/.zshrc, after compinit: source <(towpath completion zsh)'],
    ['completion fish', 'into ~/.config/fish/completions/towpath.fish'],
  ],
  text: 'Completes verbs and options, and, while the server answers, services, releases, channels and documents.',
  run({ io }, [shell = '']) {
    if (!isShell(shell)) {
      const near = nearest(shell, Object.keys(completionScripts));
      throw new TowpathError('BAD_REQUEST', `there is no completion for "${shell}"`, {
        hint: near === undefined ? 'write bash, zsh or fish' : `did you mean "${near}"?`,
      });
    }
    io.out(completionScripts[shell]);
    return Promise.resolve(0);
  },
});
