// Parts of the product with other arguments: the rest of how they are started stays the product's.

const changed = (part, change) => ({ ...part, prepare: async (context) => change(await part.prepare(context)) });

export const withArguments = (part, more) =>
  changed(part, (launch) => ({ ...launch, args: [...launch.args, ...more] }));

/** Flags of Node itself come before the program. */
export const withNodeFlags = (part, flags) =>
  changed(part, (launch) => ({ ...launch, args: [...flags, ...launch.args] }));

/** Temporal with the product's settings, and without its file: what a disk costs is not ours to measure. */
export const inMemory = (part) => changed(part, (launch) => ({ ...launch, args: withoutFile(launch.args) }));

function withoutFile(args) {
  const isOfFile = (arg) => arg === '--db-filename' || arg === '--sqlite-pragma';
  return args.filter((arg, i) => !isOfFile(arg) && !(i > 0 && isOfFile(args[i - 1])));
}
