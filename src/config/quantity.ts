/** An amount as Kubernetes writes it: `500m`, `1.5Gi`, `1e3` (docs/spec.md §2.7). */
export const isQuantity = (text: string): boolean =>
  /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/.test(text);
