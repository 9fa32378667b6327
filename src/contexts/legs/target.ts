import { domainToASCII } from "node:url";
import { isSchannel } from "../../credentials/index.ts";
import { checkPrincipalName, shapeOf } from "../../values/index.ts";

/** Packages whose targets are names of services: there is none that is a URL. */
const servicePackages = /^(negotiate|kerberos|ntlm|credssp)$/i;

/**
 * A target as `pszTargetName` takes it. Schannel sends the name to the server (SNI) and compares certificates with it:
 * both have the form of DNS. @throws TypeError or RangeError naming it
 */
export function checkTarget(target: unknown, packageName: string): string | undefined {
  if (target === undefined) return undefined;
  const name = checkPrincipalName(target, "target");
  if (servicePackages.test(packageName) && /^[a-z][a-z\d+.-]*:\/\//i.test(name))
    throw new RangeError(`target: expected a service's name such as HTTP/intranet.example, got a URL`);
  if (!isSchannel(packageName) || /^[ -~]*$/.test(name)) return name;
  const ascii = domainToASCII(name);
  if (ascii === "") throw new RangeError(`target: expected a host name, got ${shapeOf(name)}`);
  return ascii;
}
