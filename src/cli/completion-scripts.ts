/** Each asks the hidden verb `complete` for what may stand at the cursor; where it knows nothing, files are offered. */
export const completionScripts = {
  bash: `# In ~/.bashrc: source <(towpath completion bash)
_towpath() {
  local IFS=$'\\n'
  COMPREPLY=($(towpath complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _towpath towpath`,
  zsh: `#compdef towpath
# In ~/.zshrc, after compinit: source <(towpath completion zsh)
_towpath() {
  local -a found
  found=(\${(f)"$(towpath complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _towpath towpath`,
  fish: `# towpath completion fish > ~/.config/fish/completions/towpath.fish
function __towpath_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    towpath complete -- $before[2..-1] "$current" 2>/dev/null
end
complete -c towpath -a '(__towpath_complete)'`,
} as const;

export type Shell = keyof typeof completionScripts;
