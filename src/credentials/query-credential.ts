import { type CredentialAttributes, credentialAttributes } from "../../generated/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { attributeOf, type ReleaseFunction, readAttribute, type SharedHandle } from "../memory/index.ts";
import { check } from "../status/index.ts";

/**
 * Queries an attribute by its name, or by a declaration of the caller. `open` returns the handle of a credential that is
 * open; it is called after the declaration was read, because a getter there may close the credential.
 */
export function queryCredential(
  open: () => SharedHandle,
  attribute: keyof CredentialAttributes | AttributeDeclaration<unknown, ReleaseFunction>,
): unknown {
  const declaration = attributeOf(attribute, credentialAttributes);
  const { provider, slot } = open();
  return readAttribute(provider, declaration, (address) => {
    const status = provider.QueryCredentialsAttributesW(slot.address, declaration.value, address);
    check("QueryCredentialsAttributesW", status, provider);
  });
}
