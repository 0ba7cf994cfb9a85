/** What decides whether a release may start. */
export interface ReleaseFacts {
  /** `process.versions.node` */
  readonly node: string;
  /** Changesets that no version has taken up yet, by file name. */
  readonly pending: readonly string[];
  /** Whether the packages shall carry an attestation of where they were built. */
  readonly provenance: boolean;
  /** Whether this is CI that can sign one. */
  readonly canAttest: boolean;
  readonly packages: readonly { readonly name: string; readonly repository?: unknown }[];
}

/** Oldest Node that changesets 3 runs on. */
const NODE: readonly [major: number, minor: number] = [22, 11];

/** What is wrong with this Node, or null. */
export function refusalOfNode(node: string): string | null {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const isLateEnough = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  return isLateEnough ? null : `A release wants Node ${NODE.join(".")} or later; this is ${node}.`;
}

/** Everything that stands against a release, each with what to do; empty if it may start. */
export function refusalsOf({ node, pending, provenance, canAttest, packages }: ReleaseFacts): string[] {
  const refusals = [refusalOfNode(node)];
  if (pending.length > 0)
    refusals.push(`Not in a version yet: ${pending.join(", ")}. Run \`pnpm release:version\` and commit.`);
  if (provenance && !canAttest)
    refusals.push(
      "Provenance is signed by CI with `id-token: write` only. Release from there, or pass --without-provenance.",
    );
  const homeless = packages.filter(({ repository }) => repository === undefined).map(({ name }) => name);
  if (provenance && homeless.length > 0)
    refusals.push(`Provenance wants \`repository\` in package.json; absent in ${homeless.join(", ")}.`);
  return refusals.filter((refusal) => refusal !== null);
}
