import { embeddedDefinition } from "../../../src/packages/embedded/embedded-definition.ts";
import { KeyStore } from "../../../src/packages/embedded/key-store.ts";
import { definePackage } from "../../../src/packages.ts";

/** The embedded package with tokens: a session has the token of its import, else `own`. */
export function tokenPackage(keys: Readonly<Record<string, Uint8Array>>, own?: bigint) {
  const settings = { keys: new KeyStore(keys), server: "house", lifetime: 3600 };
  const definition = embeddedDefinition(settings);
  return definePackage({
    ...definition,
    name: "WithToken",
    openSession(packed, origin) {
      const token = origin.from === "import" ? origin.token : own;
      const session = definition.openSession?.(packed, origin);
      return Object.assign(session as NonNullable<typeof session>, { token: () => token ?? 0n });
    },
  });
}
