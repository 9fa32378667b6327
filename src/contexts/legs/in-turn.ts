import type { CallKind, SecurityProvider } from "../../native/index.ts";
import type { Cancellation } from "../../values/index.ts";

/** Waits for a turn if the provider's calls take turns, does the work, and passes the turn on. */
export async function inTurn<T>(
  provider: SecurityProvider,
  kind: CallKind,
  cancellation: Cancellation | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const turn = provider.takeTurn && (await provider.takeTurn(kind, cancellation));
  try {
    return await work();
  } finally {
    turn?.end();
  }
}
