import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { Handlers, ScriptedBook } from "./scripted-book.ts";
import { writeNative } from "./scripted-heap.ts";
import { identityAt } from "./scripted-identity.ts";
import { textAt } from "./scripted-legs.ts";
import { writePackages } from "./scripted-packages.ts";

export function credentialFunctions(book: ScriptedBook): Handlers {
  const { script } = book;
  return {
    EnumerateSecurityPackagesW: (count, packages) => writePackages(book.heap, script, count, packages),
    AcquireCredentialsHandleW: (principal, name, use, logonId, identity, key, keyArgument, slot, expiry) => {
      const unused = [Number(logonId), Number(key), Number(keyArgument)];
      const call = {
        principal: textAt(principal),
        package: textAt(name),
        use,
        identity: script.authData ? undefined : identityAt(identity),
        ...(script.authData && { authData: script.authData(BigInt(identity)) }),
        unused,
      };
      book.acquisitions.push(call);
      const answer = script.acquire?.(call) ?? SEC_E_OK;
      const status = typeof answer === "number" ? answer : answer.status;
      if (typeof answer !== "number") writeNative(expiry, new Uint8Array(BigInt64Array.of(answer.expiry).buffer));
      if (status < 0x8000_0000) book.handles.write(slot, book.handles.issue("credential"));
      return status;
    },
    SetCredentialsAttributesW: (handle, attribute, address, size) =>
      book.attribute(
        "credential",
        handle,
        attribute,
        address,
        script.setCredentialAttribute && ((call) => script.setCredentialAttribute?.({ ...call, size }) ?? SEC_E_OK),
      ),
    QueryCredentialsAttributesW: (handle, attribute, address) =>
      book.attribute("credential", handle, attribute, address, script.credentialAttributes),
  };
}
