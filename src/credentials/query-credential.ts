import { type CredentialAttributes, credentialAttributes } from "../../generated/sspi/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { checkName, readAttribute, type SharedHandle } from "../memory/index.ts";
import { check } from "../status/index.ts";

const names = Object.keys(credentialAttributes) as (keyof CredentialAttributes)[];

export function queryCredential<A extends keyof CredentialAttributes>(
  { provider, slot }: SharedHandle,
  attribute: A,
): CredentialAttributes[A] {
  const declaration = credentialAttributes[checkName(attribute, "attribute", names)];
  return readAttribute(provider, declaration as AttributeDeclaration<CredentialAttributes[A]>, (address) => {
    check(
      "QueryCredentialsAttributesW",
      provider.QueryCredentialsAttributesW(slot.address, declaration.value, address),
    );
  });
}
