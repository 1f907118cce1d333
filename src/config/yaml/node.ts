import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml';

/** What each alias of a document stands for. */
export type Anchors = ReadonlyMap<Alias, Node | undefined>;

/** An alias stands for the last value before it that carries its anchor. */
export function anchorsOf(root: Node | null): Anchors {
  const latest = new Map<string, Node>();
  const aliases = new Map<Alias, Node | undefined>();
  const visit = (node: unknown): void => {
    if (isAlias(node)) aliases.set(node, latest.get(node.source));
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    if (node.anchor !== undefined) latest.set(node.anchor, node);
    if (isMap(node))
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
    if (isSeq(node)) node.items.forEach(visit);
  };
  visit(root);
  return aliases;
}

/** Where a node begins in its file. */
export const offsetOf = (node: unknown): number =>
  isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0;
