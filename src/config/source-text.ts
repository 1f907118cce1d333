/** Where a configuration came from, in a line that can be shown: a git commit, the address of a build, any words. */
export const sourceText = /^\P{C}{1,200}$/u;
