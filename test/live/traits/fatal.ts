import { type ContextAttributes, contextAttributes } from "../../../generated/sspi/attributes.ts";
import { ClientContext, Credential, ServerContext, systemProvider } from "../../../src/index.ts";
import { documentedTraits, type ProviderTraits } from "../../../src/native/index.ts";

// Runs in a separate process, which ends where the provider does not behave as the headers say.
const [what = "", library, samFile] = process.argv.slice(2);
const known = systemProvider(library === "" ? undefined : library);
const trait = what as keyof ProviderTraits;
const provider = { ...known, traits: { ...known.traits, [trait]: documentedTraits[trait] } };
const alice = { user: "alice", domain: "EXAMPLE.TEST", password: "userpw" };

function client(name: string, identity: object | undefined, request: readonly "allocateMemory"[] = []): ClientContext {
  const options = { package: name, use: "outbound", provider } as const;
  using credential = Credential.acquireSync({ ...options, ...(identity && { identity: identity as typeof alice }) });
  return new ClientContext(credential, { target: "HTTP/localhost", request });
}

function logOn(server: boolean): void {
  const request = ["allocateMemory"] as const;
  const settings = samFile === undefined ? {} : { winpr: { samFile } };
  using one = client("NTLM", { ...alice, domain: "" }, server ? [] : request);
  const greeting = one.stepSync().token as Buffer;
  if (!server) return;
  using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound", provider, ...settings });
  using other = new ServerContext(inbound, { request });
  other.stepSync(greeting);
}

const deeds: Partial<Record<keyof ProviderTraits, () => void>> = {
  queriesKeysEarly() {
    for (const [name, identity] of [
      ["NTLM", alice],
      ["Negotiate", alice],
      ["Negotiate", undefined],
    ] as const)
      attempt(() => {
        using one = client(name, identity);
        one.stepSync();
        for (const attribute of Object.keys(contextAttributes) as (keyof ContextAttributes)[])
          attempt(() => one.query(attribute));
      });
  },
  schannelWorks() {
    using one = client("Schannel", undefined);
    // Where it does not crash, it answers without a TLS handshake record.
    if (one.stepSync().token?.[0] !== 22) throw new Error("no handshake was begun");
  },
  readsExtendedIdentity() {
    using one = client("NTLM", { ...alice, packageList: "!kerberos" });
    one.stepSync();
  },
  setsKdcProxy() {
    using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound", provider });
    credential.set("kdcProxySettings", { proxyServer: "https://proxy.example/KdcProxy" });
  },
  allocatesTokens() {
    logOn(false);
    logOn(true);
  },
  namesTicketCache() {
    process.env["KRB5CCNAME"] = "KCM:";
    client("Kerberos", alice).close();
  },
  readsPackedIdentity() {
    const packedCredentials = { type: "password", password: "userpw" };
    using one = client("NTLM", { user: "alice", domain: "", packedCredentials });
    one.stepSync();
  },
};

function attempt(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    // The provider may refuse this.
    return false;
  }
}

const deed = deeds[trait];
if (!deed) throw new Error(`there is nothing to do for ${what}`);
if (attempt(deed)) process.stdout.write("done\n");
process.stdout.write("alive\n");
