import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import { SECPKG_ATTR_AUTH_IDENTITY, SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../../../generated/winpr/constants.ts";
import { SecPkgContext_AuthIdentity } from "../../../generated/winpr/structs.ts";
import { Credential, PeerNameError, ServerContext, SspiError } from "../../../src/index.ts";
import { copyOut } from "../../../src/native/index.ts";
import { type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";
import { writeNativeStruct } from "../../scripted/scripted-heap.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-users-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hash = "5".repeat(32);
const going = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("challenge") };
const done = { status: SEC_E_OK };
const message = Buffer.from("message");

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

let files = 0;
/** The path of a new file of users. */
function usersIn(...lines: readonly string[]): string {
  files += 1;
  const path = join(folder, `users-${files}`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

/** A server's NTLM that looks its users up in a file, as WinPR 2 does, and reports what the client calls itself. */
function ntlm(user = "alice", domain = "", script: Script = {}): ScriptedSspi {
  return scripted({
    legs: [going, done],
    contextAttributes({ attribute, address }) {
      if (attribute !== SECPKG_ATTR_AUTH_IDENTITY) return SEC_E_UNSUPPORTED_FUNCTION;
      const field = (text: string): Buffer => Buffer.concat([Buffer.from(text)], 257);
      writeNativeStruct(SecPkgContext_AuthIdentity, address, { User: field(user), Domain: field(domain) });
      return SEC_E_OK;
    },
    ...script,
    traits: { samFile: "attribute", inboundPeerAttribute: "authIdentity", ...script.traits },
  });
}

/** A server that is not yet complete. */
function begun({ provider }: ScriptedSspi, samFile: string | undefined): ServerContext {
  const winpr = samFile === undefined ? {} : { winpr: { samFile } };
  using credential = Credential.acquireSync({ package: "Scripted", use: "inbound", provider, ...winpr });
  const server = new ServerContext(credential);
  server.stepSync(message);
  return server;
}

describe("the path of a server's file of users", () => {
  it("reaches the package once, after the leg that makes the context, in UTF-8 and ended by a NUL", () => {
    const path = join(folder, "nützer");
    const calls: object[] = [];
    const sspi = ntlm("alice", "", {
      legs: [going, going, done],
      setAttribute({ attribute, address, size }) {
        calls.push({ attribute, bytes: Buffer.from(copyOut(address, size + 1)), size });
        return SEC_E_OK;
      },
    });
    using server = begun(sspi, path);
    const bytes = Buffer.from(`${path}\0`);
    const expected = { attribute: SECPKG_ATTR_AUTH_NTLM_SAM_FILE, bytes, size: bytes.length - 1 };
    expect(calls).toEqual([expected]);
    for (let leg = 0; leg < 2; leg += 1) server.stepSync(message);
    expect(calls).toHaveLength(1);
  });

  it("is not set where the package received it in the identity, nor where the caller names none", () => {
    const path = usersIn(`alice:::${hash}:::`);
    const inIdentity = ntlm("alice", "", { traits: { samFile: "identity" }, authData: () => undefined });
    begun(inIdentity, path).close();
    const unnamed = ntlm();
    begun(unnamed, undefined).close();
    expect([inIdentity, unnamed].map((sspi) => sspi.count("SetContextAttributesW"))).toEqual([0, 0]);
  });

  it("that the package refuses makes the leg fail, and its context is deleted", () => {
    const sspi = ntlm("alice", "", { setAttribute: () => SEC_E_INVALID_HANDLE });
    expect(() => begun(sspi, usersIn(`alice:::${hash}:::`))).toThrow(
      expect.objectContaining({ code: "SEC_E_INVALID_HANDLE", operation: "SetContextAttributesW" }),
    );
    expect(sspi.released.slice(-2)).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle"]);
  });
});

describe("a client that logs on by a line of the file of users", () => {
  it.each([
    ["its own domain", `alice:EXAMPLE::${hash}:::`, "EXAMPLE", { name: "EXAMPLE\\alice", domain: "EXAMPLE" }],
    ["no domain, where the client claims one", `alice:::${hash}:::`, "EXAMPLE", { name: "alice", account: "alice" }],
    ["no domain, where the client claims none", `alice:::${hash}:::`, "", { name: "alice", account: "alice" }],
  ])("B45 has the domain of that line: %s", (_, line, domain, expected) => {
    using server = begun(ntlm("alice", domain), usersIn(line));
    server.stepSync(message);
    const { name, account, domain: of } = server.peer();
    expect({ name, account, ...(of !== undefined && { domain: of }) }).toEqual({ account: "alice", ...expected });
  });

  it("B45 has no name where no line of the file is its own", () => {
    using server = begun(ntlm("bob"), usersIn(`alice:::${hash}:::`));
    server.stepSync(message);
    expect(() => server.peer()).toThrow(/^The peer has no name: the file of users does not say/);
  });

  it("B45 has no name where the file does not exist: it did not log on by it", () => {
    using server = begun(ntlm(), join(folder, "absent"));
    expect(server.stepSync(message).status).toBe("complete");
    expect(() => server.peer()).toThrow(PeerNameError);
  });

  it("is named by the attribute of names where the package reports names", () => {
    const traits = { inboundPeerAttribute: "names" } as const;
    using server = begun(ntlm("alice", "", { traits }), usersIn(`alice:::${hash}:::`));
    server.stepSync(message);
    const asked = expect.objectContaining({ message: expect.stringContaining("does not answer SECPKG_ATTR_NAMES ") });
    expect(() => server.peer()).toThrow(expect.objectContaining({ cause: expect.objectContaining({ cause: asked }) }));
  });

  it("is the client of a context that its first leg completed", () => {
    using server = begun(ntlm("alice", "EXAMPLE", { legs: [done] }), usersIn(`alice:EXAMPLE::${hash}:::`));
    expect(server.peer().name).toBe("EXAMPLE\\alice");
  });

  it("may be let in although another line has no hash, where the package tells which line it was", () => {
    using server = begun(ntlm("alice"), usersIn("bob:::::", `alice:::${hash}:::`));
    expect(server.stepSync(message).status).toBe("complete");
    expect(server.peer().name).toBe("alice");
  });
});

describe("a logon by the file of users that proves no password", () => {
  /** The error of the leg that would complete the context. */
  function refusal(sspi: ScriptedSspi, path: string, meanwhile = () => {}): unknown {
    const server = begun(sspi, path);
    meanwhile();
    const error = thrownBy(() => server.stepSync(message));
    expect([server.closed, sspi.released.at(-1)]).toEqual([true, "FreeCredentialsHandle"]);
    return error;
  }
  const denied = (why: string): object => ({
    code: "SEC_E_LOGON_DENIED",
    status: SEC_E_LOGON_DENIED,
    operation: "AcceptSecurityContext",
    cause: { message: expect.stringContaining(why) },
  });
  const withoutHash = "a line without an NT hash";

  it("B46 is denied where the client's own line has no hash", () => {
    expect(refusal(ntlm("bob"), usersIn(`alice:::${hash}:::`, "bob:::::"))).toMatchObject(denied(withoutHash));
  });

  it.each([
    ["reports the client by another attribute", { inboundPeerAttribute: "names" }],
    ["does not name its clients", { namesInboundPeer: ["NTLM"] }],
  ] as const)("is denied where any line has no hash and the package %s", (_, traits) => {
    const path = usersIn(`alice:::${hash}:::`, "bob:::::");
    expect(refusal(ntlm("alice", "", { traits }), path)).toMatchObject(denied(withoutHash));
  });

  it("B46 is refused where a line has no hash and no line is the client's own", () => {
    expect(refusal(ntlm("carol"), usersIn(`alice:::${hash}:::`, "bob:::::"))).toBeInstanceOf(PeerNameError);
  });

  it("B45 is denied where the file changed while the client logged on", () => {
    const path = usersIn(`alice:::${hash}:::`);
    const rewrite = (): void => writeFileSync(path, `alice:::${hash}:::\nbob:::${hash}:::\n`);
    const legs: Script["legs"] = [
      going,
      () => {
        rewrite();
        return done;
      },
    ];
    expect(refusal(ntlm("alice", "", { legs }), path)).toMatchObject(denied("changed"));
  });

  it("B46 is denied where the file cannot be read, with the system's error", () => {
    const error = refusal(ntlm(), folder);
    expect(error).toMatchObject(denied("cannot be read"));
    expect(error).toMatchObject({ cause: { cause: { syscall: expect.any(String) } } });
  });

  it("has no system's error as its cause where the file was read", () => {
    const error = refusal(ntlm("bob"), usersIn("bob:::::")) as SspiError;
    expect(error.cause).not.toHaveProperty("cause");
  });
});

describe("a leg that fails on a server with a file of users", () => {
  const failing = [going, { status: SEC_E_LOGON_DENIED }];

  it("says that the file cannot be read", () => {
    const path = join(folder, "absent");
    using server = begun(ntlm("alice", "", { legs: failing }), path);
    expect(thrownBy(() => server.stepSync(message))).toMatchObject({
      code: "SEC_E_LOGON_DENIED",
      cause: { message: expect.stringContaining(JSON.stringify(path)) },
    });
  });

  it("has no explanation where the file can be read", () => {
    using server = begun(ntlm("alice", "", { legs: failing }), usersIn(`alice:::${hash}:::`));
    const error = thrownBy(() => server.stepSync(message));
    expect(error).toBeInstanceOf(SspiError);
    expect(error).not.toHaveProperty("cause");
  });
});
