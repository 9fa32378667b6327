import { type ContextAttributes, contextAttributes } from "../../generated/attributes.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { AttributeDeclaration } from "../ctypes/index.ts";
import { type ReleaseFunction, readAttribute, type SharedHandle } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { check, type StatusSource } from "../status/index.ts";
import { checkKey } from "../values/index.ts";

/** Names the refused attribute in the error's cause where the provider does not explain the failure. */
function attributeSource(provider: SecurityProvider, constant: string): StatusSource {
  return {
    explain: (status) =>
      provider.explain?.(status) ??
      new Error(`attribute: ${provider.label} does not answer ${constant} of this context`),
  };
}

export function queryContext<A extends keyof ContextAttributes>(
  context: SharedHandle,
  attribute: A,
): ContextAttributes[A] {
  const declaration = contextAttributes[checkKey(attribute, "attribute", contextAttributes)];
  return queryDeclared(context, declaration as AttributeDeclaration<ContextAttributes[A], ReleaseFunction>);
}

/** Queries an attribute by its declaration: one of the library's own, or a caller's declaration that was checked. */
export function queryDeclared<T>(
  { provider, slot }: SharedHandle,
  declaration: AttributeDeclaration<T, ReleaseFunction>,
): T {
  return readAttribute(provider, declaration, (address) => {
    const status = provider.QueryContextAttributesW(slot.address, declaration.value, address);
    if (status !== SEC_E_OK) check("QueryContextAttributesW", status, attributeSource(provider, declaration.constant));
  });
}
