/** One thing that `verify` looked at. `unknown`: there is nothing to compare with. */
export interface VerifyCheck {
  readonly check: "files" | "dense" | "contract" | "against";
  readonly outcome: "passed" | "failed" | "unknown";
  readonly says: string;
  /** For programs. */
  readonly value?: unknown;
}
