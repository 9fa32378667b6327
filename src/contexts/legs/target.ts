import { domainToASCII } from "node:url";
import { isSchannel, namesServices } from "../../credentials/index.ts";
import { checkPrincipalName, shapeOf } from "../../values/index.ts";

/**
 * Checks a target and returns it in the form for `pszTargetName`. Schannel sends the name to the server (SNI) and
 * compares it with certificates, and both use the DNS form. @throws TypeError or RangeError naming it
 */
export function checkTarget(target: unknown, packageName: string): string | undefined {
  if (target === undefined) return undefined;
  const name = checkPrincipalName(target, "target");
  if (namesServices(packageName) && /^[a-z][a-z\d+.-]*:\/\//i.test(name))
    throw new RangeError(`target: expected a service's name such as HTTP/intranet.example, got a URL`);
  if (!isSchannel(packageName) || /^[ -~]*$/.test(name)) return name;
  const ascii = domainToASCII(name);
  if (ascii === "") throw new RangeError(`target: expected a host name, got ${shapeOf(name)}`);
  return ascii;
}
