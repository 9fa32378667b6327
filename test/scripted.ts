import { expect, onTestFinished } from "vitest";
import { Credential } from "../src/index.ts";
import { ScriptedSspi } from "./scripted-provider.ts";
import type { Script } from "./scripted-script.ts";

export type { LegAnswer, LegCall } from "./scripted-legs.ts";
export type { ScriptedSspi } from "./scripted-provider.ts";
export type { Script } from "./scripted-script.ts";

/** A scripted package; when the test ends, everything it handed out has to be released once, properly and in order. */
export function scripted(script: Script = {}): ScriptedSspi {
  const sspi = new ScriptedSspi(script);
  onTestFinished(() => expect(sspi.problems()).toEqual([]));
  return sspi;
}

export function outbound({ provider }: ScriptedSspi): Credential {
  return Credential.acquire({ package: "Scripted", use: "outbound", provider });
}

export function inbound({ provider }: ScriptedSspi): Credential {
  return Credential.acquire({ package: "Scripted", use: "inbound", provider });
}
