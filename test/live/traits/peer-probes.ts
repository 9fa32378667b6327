import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authIdentity } from "../../../src/contexts/claimed-identity.ts";
import {
  gssapiProvider,
  importContext,
  PeerNameError,
  type SecurityProvider,
  type ServerContext,
  SspiError,
} from "../../../src/index.ts";
import { samFile } from "../providers.ts";
import { Authentication, acquireInbound, type Ends, loggedOn, succeeds, taken } from "./authentication.ts";
import { fateOf } from "./fatal-run.ts";
import { eachPackage, type Observe } from "./probe.ts";

function binding(of: string): { readonly channelBindings: { readonly applicationData: Buffer } } {
  const hash = createHash("sha256").update(of).digest();
  return { channelBindings: { applicationData: Buffer.concat([Buffer.from("tls-server-end-point:"), hash]) } };
}

async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-traits-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** NTLM's last message contains an MD5 of the bindings (MS-NLMP 2.2.2.1, MsvAvChannelBindings). */
function writesBindings(ends: Ends): boolean {
  const { applicationData } = binding("this").channelBindings;
  const head = Buffer.alloc(20);
  head.writeUInt32LE(applicationData.length, 16);
  const hash = createHash("md5").update(head).update(applicationData).digest();
  try {
    using sides = new Authentication({ ...ends, client: binding("this") });
    const challenge = sides.server.stepSync(sides.client.stepSync().token as Buffer).token;
    return sides.client.stepSync(challenge).token?.includes(hash) ?? false;
  } catch (error) {
    if (error instanceof SspiError) return false;
    throw error;
  }
}

/** Whether alice's context is still alice's after bob has logged on with the same inbound credential. */
function keepsApart(provider: SecurityProvider, name: string, inbound: Ends["inbound"]): boolean {
  const ends: Ends = { package: name, provider, ...(inbound && { inbound }) };
  using house = acquireInbound(ends);
  using alice = loggedOn({ ...ends, user: "alice" }, house);
  using bob = loggedOn({ ...ends, user: "bob" }, house);
  return userOf(alice.server) === "alice" && userOf(bob.server) === "bob";
}

/** The user whom the package itself names now: peer() on WinPR tells whom the file of users named after the last leg. */
function userOf(server: ServerContext): string {
  if (server.provider.traits.inboundPeerAttribute === "names") return server.peer().account;
  const { User } = server.query(authIdentity);
  return Buffer.from(User.subarray(0, User.indexOf(0))).toString();
}

function named(provider: SecurityProvider, name: string): boolean {
  using sides = loggedOn({ package: name, provider });
  try {
    return sides.server.peer().account === "alice";
  } catch (error) {
    if (error instanceof PeerNameError) return false;
    throw error;
  }
}

/** Traits that let a peer do more, or less, than the headers say. */
export const peerProbes = {
  enforcesBindings: ({ packages }, provider) =>
    eachPackage(packages, (name) => !succeeds(() => loggedOn({ package: name, provider, server: binding("this") }))),
  sendsBindings: ({ packages, column }, provider) => {
    // WinPR's servers enforce no bindings, so another server that enforces them checks its clients.
    const judge = column === "WinPR 3" ? { serverProvider: gssapiProvider() } : {};
    const names = column === "WinPR 3" ? [...packages, "Negotiate"] : column === "Wine" ? ["NTLM"] : packages;
    const { applicationData } = binding("this").channelBindings;
    const server = { channelBindings: { applicationData, acceptUnenforced: true } };
    const sides = { client: binding("this"), server };
    return eachPackage(names, (name) =>
      name === "NTLM"
        ? writesBindings({ package: name, provider })
        : succeeds(() => loggedOn({ package: name, provider, ...judge, ...sides })),
    );
  },
  sharesInboundCredentials: ({ packages, column }, provider) =>
    inFolder((folder) => {
      const file = join(folder, "sam");
      const line = readFileSync(samFile, "utf8").trim();
      writeFileSync(file, `${line}\n${line.replace("alice:", "bob:")}\n`, { mode: 0o600 });
      // WinPR's Kerberos does not name a context's user.
      const names = column.startsWith("WinPR") ? ["NTLM"] : packages;
      return eachPackage(names, (name) =>
        keepsApart(provider, name, name === "NTLM" ? { winpr: { samFile: file } } : undefined),
      );
    }),
  namesInboundPeer: ({ packages }, provider) => eachPackage(packages, (name) => named(provider, name)),
  inboundPeerAttribute: ({ provider, packages: [name = ""] }) => {
    const answered = (["names", "authIdentity"] as const).filter((inboundPeerAttribute) =>
      named(taken(provider, { inboundPeerAttribute }), name),
    );
    return answered.join(" and ");
  },
  exportsShareSequence: ({ provider, packages: [name = ""] }) => {
    using sides = loggedOn({ package: name, provider });
    const { packed } = sides.server.export({ keepOld: true });
    using copy = importContext({ package: name, packed, provider });
    sides.client.decrypt(sides.server.encrypt(Buffer.from("of the one")));
    const again = copy.encrypt(Buffer.from("of the other"));
    return !succeeds(() => sides.client.decrypt(again));
  },
  impersonates: ({ packages: [name = ""] }, provider) => {
    using sides = loggedOn({ package: name, provider });
    if (!provider.has("ImpersonateSecurityContext")) return false;
    const before = process.getuid?.();
    try {
      return sides.server.impersonate(() => process.getuid?.() !== before);
    } catch (error) {
      // A call that fails pretends nothing.
      if (error instanceof SspiError) return error.operation === "ImpersonateSecurityContext";
      throw error;
    }
  },
  reportsFlags: ({ packages }, provider) => {
    const name = packages.find((one) => one !== "NTLM") ?? "";
    const request = ["mutualAuth", "integrity", "confidentiality", "delegate"] as const;
    using sides = loggedOn({ package: name, provider, server: { request } });
    const { flags } = sides.server;
    // Nobody has delegated credentials: a package that reports this does not simply repeat the flags that it was asked
    // for.
    return flags !== "unknown" && flags.includes("integrity") && !flags.includes("delegate");
  },
  schannelWorks: async ({ provider }) => (await fateOf("schannelWorks", provider)).done,
} as const satisfies Readonly<Record<string, Observe>>;
