/** Who can give an approval. There are no rights yet (docs/spec.md §9.13): the token is all that is asked for. */
export const whoApproves = "anyone with the installation's token";

interface StableGate {
  /** The channel that is waited for. */
  name: string;
  version: string;
  /** Whether the release takes that channel itself. */
  own: boolean;
}

/** Who makes a stable gate pass. */
export const whoStabilises = ({ name, version, own }: StableGate): string =>
  own ? 'nobody has to' : `whoever releases ${version} to "${name}"`;
