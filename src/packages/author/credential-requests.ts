import { SpAddCredentialsFn, SpSetCredentialsAttributesFn } from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_CRED_BOTH, SECPKG_CRED_INBOUND } from "../../../generated/sspi/constants.ts";
import { readUnicodeString } from "../../interface/lsa-string.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { writeInt64 } from "../../native/index.ts";
import { settled } from "./answers.ts";
import { identityAt, withIdentities } from "./client-identity.ts";
import type { HandleTable } from "./handle-table.ts";
import type { PackageParts } from "./package-parts.ts";

/** The expiry of credentials whose package gives none. */
export const never = 0x7fff_ffff_ffff_ffffn;

/** The functions for credentials that exist already. A function that the definition omits is NULL in the table. */
export function credentialRequests<C, X>(
  { definition, answers, services }: PackageParts<C, X>,
  credentials: HandleTable<C>,
): Implementations {
  const { addCredentials, setCredentialAttribute } = definition;
  return {
    AddCredentials:
      addCredentials &&
      implement(SpAddCredentialsFn, (handle, principal, name, use, authData, _key, _keyArgument, expiry) =>
        answers.done("addCredentials", () => {
          const identity = identityAt(services, BigInt(authData));
          const request = {
            credential: credentials.get(BigInt(handle)),
            use: useName(use),
            principal: readUnicodeString(principal),
            package: readUnicodeString(name),
            identity,
          };
          const added = withIdentities([identity], () => addCredentials(request));
          settled(added, "addCredentials");
          if (BigInt(expiry) !== 0n) writeInt64(expiry, never);
        }),
      ),
    SetCredentialsAttributes:
      setCredentialAttribute &&
      implement(SpSetCredentialsAttributesFn, (handle, attribute, buffer, size) =>
        answers.done("setCredentialAttribute", () => {
          const value = services.fromClient(BigInt(buffer), size);
          const credential = credentials.get(BigInt(handle));
          settled(setCredentialAttribute({ credential, attribute, value }), "setCredentialAttribute");
        }),
      ),
  };
}

export function useName(use: number): "inbound" | "outbound" | "both" {
  if ((use & SECPKG_CRED_BOTH) === SECPKG_CRED_BOTH) return "both";
  return use & SECPKG_CRED_INBOUND ? "inbound" : "outbound";
}
