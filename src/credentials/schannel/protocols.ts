import { SP_PROT } from "../../../generated/schannel/constants.ts";
import { checkArray, checkKey } from "../../values/index.ts";
import type { CredentialUse } from "../credential-use.ts";

/** Protocols of Schannel, each with its bits for client and server. */
const sides = {
  ssl2: [SP_PROT.ssl2Client, SP_PROT.ssl2Server],
  ssl3: [SP_PROT.ssl3Client, SP_PROT.ssl3Server],
  "tls1.0": [SP_PROT.tls10Client, SP_PROT.tls10Server],
  "tls1.1": [SP_PROT.tls11Client, SP_PROT.tls11Server],
  "tls1.2": [SP_PROT.tls12Client, SP_PROT.tls12Server],
  "tls1.3": [SP_PROT.tls13Client, SP_PROT.tls13Server],
} as const;

/** Protocols that have no name in this library; they are disabled together with the other unlisted ones. */
const unnamed = [
  [SP_PROT.dtls10Client, SP_PROT.dtls10Server],
  [SP_PROT.dtls12Client, SP_PROT.dtls12Server],
] as const;

type Sides = readonly [client: number, server: number];

/** A TLS version, or an SSL version before it, that a credential may be limited to. */
export type SchannelProtocol = keyof typeof sides;

function bitsOf(protocols: readonly Sides[], use: CredentialUse): number {
  let bits = 0;
  for (const [client, server] of protocols) {
    if (use !== "inbound") bits |= client;
    if (use !== "outbound") bits |= server;
  }
  return bits >>> 0;
}

/** `SP_PROT_*` bits of the protocols, for the credential's side. */
export function enabledProtocols(names: readonly SchannelProtocol[], use: CredentialUse): number {
  return bitsOf(
    names.map((name) => sides[name]),
    use,
  );
}

/** `SP_PROT_*` bits of all other protocols. */
export function disabledProtocols(names: readonly SchannelProtocol[], use: CredentialUse): number {
  const others = (Object.keys(sides) as SchannelProtocol[]).filter((name) => !names.includes(name));
  return bitsOf([...others.map((name) => sides[name]), ...unnamed], use);
}

/** @throws TypeError, RangeError */
export function checkProtocols(names: unknown, argument: string): readonly SchannelProtocol[] {
  const list = checkArray(names, argument, "an array of protocols");
  if (list.length === 0) throw new RangeError(`${argument}: expected at least one protocol, got none`);
  return list.map((name) => checkKey(name, argument, sides));
}
