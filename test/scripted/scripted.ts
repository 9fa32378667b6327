import { expect, onTestFinished } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { ClientContext, Credential } from "../../src/index.ts";
import { ScriptedSspi } from "./scripted-provider.ts";
import type { Script } from "./scripted-script.ts";

export type { LegAnswer, LegCall } from "./scripted-legs.ts";
export type { ScriptedSspi } from "./scripted-provider.ts";
export type { Script } from "./scripted-script.ts";

/**
 * A scripted package that completes after one leg by default. When the test ends, everything that it returned has to be
 * released once, by the right function and in order.
 */
export function scripted(script: Script = {}): ScriptedSspi {
  const sspi = new ScriptedSspi({ legs: [{ status: SEC_E_OK }], ...script });
  onTestFinished(() => expect(sspi.problems()).toEqual([]));
  return sspi;
}

export function outbound({ provider }: ScriptedSspi): Credential {
  return Credential.acquireSync({ package: "Scripted", use: "outbound", provider });
}

export function inbound({ provider }: ScriptedSspi): Credential {
  return Credential.acquireSync({ package: "Scripted", use: "inbound", provider });
}

/** A client's complete context on a package that completes after one leg, so that only messages need a script. */
export function complete(sspi: ScriptedSspi): ClientContext {
  using credential = outbound(sspi);
  const client = new ClientContext(credential);
  client.stepSync();
  return client;
}
