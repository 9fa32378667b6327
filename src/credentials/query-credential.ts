import { type CredentialAttributes, credentialAttributes } from "../../generated/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { checkAttribute, type ReleaseFunction, readAttribute, type SharedHandle } from "../memory/index.ts";
import { check } from "../status/index.ts";
import { checkKey } from "../values/index.ts";

/**
 * Queries an attribute by its name, or by a declaration of the caller. `open` returns the handle of a credential that is
 * open; it is called after the declaration was read, because a getter there may close the credential.
 */
export function queryCredential(
  open: () => SharedHandle,
  attribute: keyof CredentialAttributes | AttributeDeclaration<unknown, ReleaseFunction>,
): unknown {
  const declaration =
    typeof attribute === "object" && attribute !== null
      ? checkAttribute(attribute, "attribute")
      : credentialAttributes[checkKey(attribute, "attribute", credentialAttributes)];
  const { provider, slot } = open();
  return readAttribute(provider, declaration as AttributeDeclaration<unknown, ReleaseFunction>, (address) => {
    const status = provider.QueryCredentialsAttributesW(slot.address, declaration.value, address);
    check("QueryCredentialsAttributesW", status, provider);
  });
}
