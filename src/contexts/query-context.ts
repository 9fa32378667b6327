import { type ContextAttributes, contextAttributes } from "../../generated/attributes.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { type ReleaseFunction, readAttribute, type SharedHandle } from "../memory/index.ts";
import { check } from "../status/index.ts";
import { checkKey } from "../values/index.ts";

export function queryContext<A extends keyof ContextAttributes>(
  { provider, slot }: SharedHandle,
  attribute: A,
): ContextAttributes[A] {
  const declaration = contextAttributes[checkKey(attribute, "attribute", contextAttributes)];
  return readAttribute(
    provider,
    declaration as AttributeDeclaration<ContextAttributes[A], ReleaseFunction>,
    (address) => {
      const status = provider.QueryContextAttributesW(slot.address, declaration.value, address);
      check("QueryContextAttributesW", status, provider);
    },
  );
}
