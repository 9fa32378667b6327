import { type CredentialAttributes, credentialAttributes } from "../../generated/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { type ReleaseFunction, readAttribute, type SharedHandle } from "../memory/index.ts";
import { check } from "../status/index.ts";
import { checkKey } from "../values/index.ts";

export function queryCredential<A extends keyof CredentialAttributes>(
  { provider, slot }: SharedHandle,
  attribute: A,
): CredentialAttributes[A] {
  const declaration = credentialAttributes[checkKey(attribute, "attribute", credentialAttributes)];
  return readAttribute(
    provider,
    declaration as AttributeDeclaration<CredentialAttributes[A], ReleaseFunction>,
    (address) => {
      const status = provider.QueryCredentialsAttributesW(slot.address, declaration.value, address);
      check("QueryCredentialsAttributesW", status, provider);
    },
  );
}
