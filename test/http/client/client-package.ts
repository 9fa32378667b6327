import type { SecurityProvider } from "../../../src/index.ts";
import { definePackage, PackageError, PackageHost } from "../../../src/packages.ts";

/** A client's context between its legs. */
interface Begun {
  readonly user: string;
}

/**
 * A client's packages with tokens that a test can read. Negotiate sends `ticket USER TARGET BINDINGS DELEGATE`, with `-`
 * for what there is not, and completes with `welcome USER`; users whose name begins with `fallback` send NTLM's messages
 * there. NTLM sends `begin USER`, and answers `challenge NONCE` with `prove NONCE USER`.
 */
function clientPackage(name: string) {
  return definePackage<{ readonly user: string }, Begun>({
    name,
    maxToken: 100_000,
    capabilities: ["connection", "integrity"],
    acquireCredentials({ identity }) {
      const user = identity?.user ?? "process";
      if (user === "nobody") throw new PackageError("SEC_E_NO_CREDENTIALS");
      return { user };
    },
    initContext({ credential, context, token, target, channelBindings, requested }) {
      const user = context?.user ?? credential?.user ?? "";
      const begun = { user };
      if (name === "NTLM") {
        if (!context) return { status: "continue", context: begun, token: Buffer.from(`begin ${user}`) };
        const nonce = /^challenge (\w+)$/.exec(String(token))?.[1];
        if (nonce === undefined) throw new PackageError("SEC_E_INVALID_TOKEN");
        return { status: "complete", context: begun, token: Buffer.from(`prove ${nonce} ${user}`) };
      }
      if (user.startsWith("fallback"))
        return { status: "continue", context: begun, token: Buffer.from("NTLMSSP\0 of a fallback") };
      const mutual = requested.includes("mutualAuth");
      if (context) {
        if (String(token) !== `welcome ${user}`) throw new PackageError("SEC_E_INVALID_TOKEN");
        return { status: "complete", context: begun, granted: ["mutualAuth"] };
      }
      const bound = channelBindings?.toString("hex") ?? "-";
      const delegate = requested.includes("delegate") ? "delegate" : "-";
      const first = Buffer.from(`ticket ${user} ${target} ${bound} ${delegate}`);
      return { status: mutual ? "continue" : "complete", context: begun, token: first };
    },
  });
}

export interface ClientProvider extends Disposable {
  readonly provider: SecurityProvider;
}

/** A provider with the packages Negotiate and NTLM, for clients, until it is disposed of. */
export function clientProvider(): ClientProvider {
  const packages = [clientPackage("Negotiate"), clientPackage("NTLM")];
  const host = new PackageHost();
  for (const one of packages) host.add(one);
  return {
    provider: host.provider,
    [Symbol.dispose]() {
      host.close();
      for (const one of packages) one.close();
    },
  };
}
