import { resolveSrv } from "node:dns/promises";
import { connect } from "node:net";
import { type Found, note, ok, problem } from "./finding.ts";
import { configurationFiles, isOn, type Krb5Configuration, readConfiguration } from "./krb5-conf.ts";

const limit = 3000;
const kerberosPort = 88;
/** The realm in Debian's configuration if nobody has named one. */
const exampleRealm = "ATHENA.MIT.EDU";

function configuration(): Krb5Configuration {
  return readConfiguration(process.platform === "win32" ? [] : configurationFiles(process.env));
}

/** How Kerberos' own configuration resolves names: DNS may let a name server choose whom a ticket is for. */
export function dnsSettings(): Found {
  if (process.platform === "win32") return ok("Windows has no krb5.conf");
  const found = configuration();
  if (found.files.length === 0)
    return note(
      [`${configurationFiles(process.env).join(", ")}: not there`],
      "Kerberos finds its realm and servers by DNS alone",
    );
  const canonical = found.defaults.get("dns_canonicalize_hostname") ?? "true, by default";
  const lines = [
    `${found.files.join(", ")}: realm ${found.defaults.get("default_realm") ?? "not named"}`,
    `dns_canonicalize_hostname ${canonical}; rdns ${found.defaults.get("rdns") ?? "true, by default"}; ` +
      `dns_lookup_kdc ${found.defaults.get("dns_lookup_kdc") ?? "true, by default"}`,
  ];
  if (canonical.toLowerCase() === "fallback" || !isOn(found, "dns_canonicalize_hostname", true)) return ok(...lines);
  const advice =
    "A name server chooses whom tickets are for: set dns_canonicalize_hostname = false (and rdns = false) in [libdefaults]";
  return note(lines, advice);
}

/** Host and port of a KDC, as krb5.conf and SRV records give them. */
interface Kdc {
  readonly host: string;
  readonly port: number;
}

/** Checks whether a key distribution centre of the realm accepts a connection. */
export async function kdcReachable(): Promise<Found> {
  const found = configuration();
  const realm = process.platform === "win32" ? process.env["USERDNSDOMAIN"] : found.defaults.get("default_realm");
  if (!realm)
    return note(["no realm is named, so none was asked"], "NTLM and local users need none; a domain's machine has one");
  const kdcs = await kdcsOf(realm, found);
  if (typeof kdcs === "string")
    return problem([`${realm}: ${kdcs}`], "Name it: kdc = HOST under [realms] of krb5.conf, or in DNS");
  const answers = await Promise.all(kdcs.map(async (kdc) => ({ kdc, error: await connectionError(kdc) })));
  const lines = answers.map(
    ({ kdc: { host, port }, error }) => `${realm}: ${host}:${port} ${error ?? "takes connections"}`,
  );
  if (answers.some(({ error }) => error === undefined)) return ok(...lines);
  if (realm === exampleRealm)
    return note(lines, "This realm is the example of Debian's krb5-config: name your own as default_realm, or none");
  return problem(lines, "Is the network, or the VPN, of the domain there, and port 88 (TCP) open?");
}

/** The KDCs that the configuration names, else those in DNS; a text says why there are none. */
async function kdcsOf(realm: string, found: Krb5Configuration): Promise<readonly Kdc[] | string> {
  const named = found.kdcs.get(realm);
  if (named) return named.map(kdcOf);
  if (!isOn(found, "dns_lookup_kdc", true)) return "krb5.conf names no KDC, and dns_lookup_kdc is off";
  const record = `_kerberos._tcp.${realm}`;
  try {
    const records = await resolveSrv(record);
    return records.map(({ name, port }) => ({ host: name, port }));
  } catch (error) {
    return `${record}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}

/** Parses `host`, `host:port` and `[address]:port`, each optionally with `tcp/` in front. */
function kdcOf(text: string): Kdc {
  const [, bracketed, plain, port] = /^(?:\w+\/)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? text, port: port === undefined ? kerberosPort : Number(port) };
}

/** The reason why a connection fails; undefined if it succeeds. */
function connectionError({ host, port }: Kdc): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: limit });
    const end = (error: string | undefined): void => {
      socket.destroy();
      resolve(error);
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end(`does not answer within ${limit / 1000} s`));
    socket.once("error", ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
  });
}
