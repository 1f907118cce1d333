/** Limits of a file and of a document in it (docs/spec.md §1.3). They also bound what a hostile file can cost. */
export const limits = {
  fileBytes: 1024 * 1024,
  documents: 200,
  depth: 64,
  /** Items of a list, keys of a map: rules compare them with each other, and channels with services. */
  items: 1000,
  /** Expansions, also those inside what an alias stands for. */
  aliases: 100,
  /** Values reached through aliases: 100 small ones are a convenience, 100 copies of half a megabyte are an attack. */
  aliasedValues: 20_000,
  /** A file with more mistakes in its very syntax is not read further. */
  syntaxErrors: 100,
} as const;
