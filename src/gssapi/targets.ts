import { SEC_E_TARGET_UNKNOWN } from "../../generated/status/constants.ts";
import { ProviderError } from "./gssapi-error.ts";

/**
 * Returns the principals for a target name in the order in which they are tried, each in Kerberos' form. A name without
 * a realm ends with `@`: the referral realm, where the key distribution centre chooses the realm. A principal, unlike
 * GSSAPI's host-based names, is never canonicalised by DNS, whatever krb5.conf says.
 *
 * @throws ProviderError SEC_E_TARGET_UNKNOWN for a name without a service on a host
 */
export function principalsOf(target: string): readonly string[] {
  if (target !== latest.target) latest = { target, principals: principals(target) };
  return latest.principals;
}

/** The last target: a client asks for the same service again and again. */
let latest: { readonly target: string | undefined; readonly principals: readonly string[] } = {
  target: undefined,
  principals: [],
};

function principals(target: string): readonly string[] {
  const { name, realm } = parted(target);
  const [service = "", host, ...rest] = name.split("/");
  if (service === "" || host === "")
    throw new ProviderError(SEC_E_TARGET_UNKNOWN, `a target of ${target.length} characters names no service on a host`);
  if (host === undefined) return [principal([service], realm)];
  const { bare, port } = hostOf(host);
  const asItIs = principal([service, port === undefined ? bare : `${bare}:${port}`, ...rest], realm);
  // Some services are registered with a port (MSSQLSvc/db.test:1433), most of them without.
  return port === undefined ? [asItIs] : [asItIs, principal([service, bare, ...rest], realm)];
}

/** Splits a target into `service/host` and its realm, if it has one. */
function parted(target: string): { readonly name: string; readonly realm: string } {
  const at = target.lastIndexOf("@");
  if (at < 0) return { name: target, realm: "" };
  const [before, after] = [target.slice(0, at), target.slice(at + 1)];
  // `service@host` is GSSAPI's own form for a service on a host; a realm is written in capitals.
  const hostBased = !before.includes("/") && !/^[^a-z]+$/.test(after);
  return hostBased ? { name: `${before}/${after}`, realm: "" } : { name: before, realm: after };
}

/** Returns the host in lower case, without the final dot of a full name, and its port. */
function hostOf(host: string): { readonly bare: string; readonly port: string | undefined } {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return { bare: name.toLowerCase().replace(/\.$/, ""), port };
}

/** Quotes the characters inside the components, and leaves the separators unquoted. */
function principal(components: readonly string[], realm: string): string {
  return `${components.map(quoted).join("/")}@${quoted(realm)}`;
}

function quoted(component: string): string {
  return component.replaceAll(/[\\/@]/g, "\\$&");
}
