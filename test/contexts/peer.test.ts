import { describe, expect, it } from "vitest";
import { LOGON_GUEST, LOGON_NTLMV2_ENABLED } from "../../generated/ntsecapi/constants.ts";
import {
  ASC_RET,
  ISC_RET,
  SECPKG_ATTR_NAMES,
  SECPKG_ATTR_NEGOTIATION_INFO,
  SECPKG_ATTR_USER_FLAGS,
} from "../../generated/sspi/constants.ts";
import { SecPkgContext_UserFlags } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { SECPKG_ATTR_AUTH_IDENTITY } from "../../generated/winpr/constants.ts";
import { SecPkgContext_AuthIdentity } from "../../generated/winpr/structs.ts";
import { ClientContext, importContext, PeerNameError, ServerContext } from "../../src/index.ts";
import { handshake, hosted } from "../packages/hosted.ts";
import { inbound, outbound, type Script, scripted } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import { named } from "./named.ts";

type Attributes = NonNullable<Script["contextAttributes"]>;

/** A package that answers WinPR's attribute with the bytes of a user's name and domain. */
const identified =
  (user: Uint8Array, domain: Uint8Array): Attributes =>
  ({ attribute, address }) => {
    if (attribute !== SECPKG_ATTR_AUTH_IDENTITY) return SEC_E_UNSUPPORTED_FUNCTION;
    const field = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Buffer.alloc(257 - bytes.length)]);
    writeNativeStruct(SecPkgContext_AuthIdentity, address, { User: field(user), Domain: field(domain) });
    return SEC_E_OK;
  };

const text = (value: string): Buffer => Buffer.from(value);

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function server(script: Script, attributes = 0): ServerContext {
  const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes }], ...script });
  using credential = inbound(sspi);
  const context = new ServerContext(credential);
  context.stepSync(Buffer.from("token"));
  return context;
}

function client(script: Script, attributes: number): ClientContext {
  const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes }], ...script });
  using credential = outbound(sspi);
  const context = new ClientContext(credential, { target: "HTTP/typed.example" });
  context.stepSync();
  return context;
}

describe("peer() of a server", () => {
  it.each([
    ["EXAMPLE\\alice", { account: "alice", domain: "EXAMPLE" }],
    ["alice@EXAMPLE.TEST", { account: "alice", realm: "EXAMPLE.TEST" }],
    ["alice", { account: "alice" }],
  ])("is the client that the attribute names gives as %j", (user, parts) => {
    using context = server({ contextAttributes: named({ user }) });
    expect(context.peer()).toEqual({ name: user, ...parts, package: "Scripted" });
  });

  it("says that its name is empty where it is", () => {
    using context = server({ contextAttributes: named({ user: "" }) });
    expect(() => context.peer()).toThrow(new PeerNameError("it is empty"));
  });

  it.each([
    ["an empty name", named({ user: "" })],
    ["a name that can be read in two ways", named({ user: "EXAMPLE\\nick@EXAMPLE.TEST" })],
    ["a name with two @", named({ user: "alice@EXAMPLE.TEST@OTHER.TEST" })],
    ["Windows' anonymous client", named({ user: "NT AUTHORITY\\ANONYMOUS LOGON" })],
    ["Kerberos' anonymous client", named({ user: "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS" })],
    ["an anonymous client of a realm", named({ user: "WELLKNOWN/ANONYMOUS@EXAMPLE.TEST" })],
    ["any client of the anonymous realm", named({ user: "somebody@WELLKNOWN:ANONYMOUS" })],
    ["Windows' anonymous client without its domain", named({ user: "anonymous logon" })],
  ])("B16 peer() of a server is a PeerNameError for %s", (_, contextAttributes) => {
    using context = server({ contextAttributes });
    expect(() => context.peer()).toThrow(PeerNameError);
  });

  it.each([
    "MY NT AUTHORITY\\ANONYMOUS LOGON",
    "NT AUTHORITY\\ANONYMOUS LOGONS",
    "NON-ANONYMOUS LOGON",
    "XWELLKNOWN/ANONYMOUS@EXAMPLE.TEST",
    "alice@WELLKNOWN:ANONYMOUS.EXAMPLE",
    "WELLKNOWN/ANONYMOUS",
  ])("is a client whose name only contains one of an anonymous client: %s", (user) => {
    using context = server({ contextAttributes: named({ user }) });
    expect(context.peer().name).toBe(user);
  });

  it("B16 peer() of a null session is a PeerNameError, whatever its name", () => {
    using context = server(
      { contextAttributes: named({ user: "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG" }) },
      ASC_RET.nullSession,
    );
    expect(thrownBy(() => context.peer())).toEqual(new PeerNameError("it is anonymous"));
  });

  it("B16 peer() of a guest is a PeerNameError, whatever its name", () => {
    const names = named({ user: "SERVER\\Gast" });
    const flags = (UserFlags: number) => (call: Parameters<Attributes>[0]) => {
      if (call.attribute !== SECPKG_ATTR_USER_FLAGS) return names(call);
      writeNativeStruct(SecPkgContext_UserFlags, call.address, { UserFlags });
      return SEC_E_OK;
    };
    using guest = server({ contextAttributes: flags(LOGON_GUEST | LOGON_NTLMV2_ENABLED) });
    expect(thrownBy(() => guest.peer())).toEqual(new PeerNameError("it was let in as a guest"));
    using user = server({ contextAttributes: flags(LOGON_NTLMV2_ENABLED) });
    expect(user.peer().account).toBe("Gast");
  });

  it("is a PeerNameError with the native error where the package does not tell names", () => {
    using context = server({ contextAttributes: named({}) });
    expect(thrownBy(() => context.peer())).toMatchObject({
      name: "PeerNameError",
      code: "SSPI_PEER_NAME",
      cause: { name: "SspiError", operation: "QueryContextAttributesW", code: "SEC_E_UNSUPPORTED_FUNCTION" },
    });
  });

  it("is a PeerNameError, without a native call, from a package that is known to name nobody", () => {
    using context = server({ contextAttributes: named({ user: "alice" }), traits: { namesInboundPeer: ["NTLM"] } });
    expect(() => context.peer()).toThrow("Scripted of scripted does not tell who the client is");
  });

  it("needs a complete context", () => {
    const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED, token: text("t") }] });
    using credential = inbound(sspi);
    using context = new ServerContext(credential);
    context.stepSync(text("t"));
    expect(() => context.peer()).toThrow("peer needs a complete context");
  });
});

describe("peer() of a server whose provider throws", () => {
  const broken = new Error("the call did not come back");

  it.each([
    ["names", SECPKG_ATTR_NAMES],
    ["userFlags", SECPKG_ATTR_USER_FLAGS],
    ["negotiationInfo", SECPKG_ATTR_NEGOTIATION_INFO],
  ])("throws the same error, and takes nobody for a user: %s", (_, failing) => {
    const names = named({ user: "EXAMPLE\\alice" });
    using context = server({
      contextAttributes(call) {
        if (call.attribute === failing) throw broken;
        return names(call);
      },
    });
    expect(() => context.peer()).toThrow(broken);
  });
});

describe("peer() of a server on WinPR", () => {
  const traits = { inboundPeerAttribute: "authIdentity" } as const;
  const names: readonly [string, Uint8Array, Uint8Array, object][] = [
    ["an account with a domain", text("alice"), text("EXAMPLE"), { name: "EXAMPLE\\alice", domain: "EXAMPLE" }],
    ["an account without a domain", text("alice"), text(""), { name: "alice" }],
    ["characters beyond ASCII", text("älice名"), text("BÜRO"), { name: "BÜRO\\älice名", account: "älice名" }],
    ["a user principal name", text("alice@example.test"), text(""), { account: "alice", realm: "example.test" }],
  ];

  it.each(names)("reads %s from its own attribute", (_, user, domain, expected) => {
    using context = server({ traits, contextAttributes: identified(user, domain) });
    expect(context.peer()).toMatchObject({ account: "alice", package: "Scripted", ...expected });
  });

  it.each([
    ["no name at all", "", "", "it is anonymous"],
    ["a domain without an account", "", "EXAMPLE", '"EXAMPLE\\\\" is no qualified name'],
    [
      "a very long name",
      `a/${"b".repeat(200)}`,
      "c".repeat(200),
      `"${"c".repeat(200)}\\\\a/${"b".repeat(53)}" is no qualified name`,
    ],
  ])("B16 says why it takes nobody for a user: %s", (_, user, domain, why) => {
    using context = server({ traits, contextAttributes: identified(text(user), text(domain)) });
    expect(() => context.peer()).toThrow(new PeerNameError(why));
  });

  it.each([
    ["no name at all", text(""), text("")],
    ["a domain without an account", text(""), text("EXAMPLE")],
    ["a backslash in the account", text("OTHER\\alice"), text("EXAMPLE")],
    ["a backslash in an account without a domain", text("OTHER\\alice"), text("")],
    ["a backslash in the domain", text("alice"), text("A\\B")],
    ["an @ in an account that has a domain", text("alice@OTHER"), text("EXAMPLE")],
    ["a control character", text("ali\nce"), text("EXAMPLE")],
    ["a byte order mark", text("alice"), text("\ufeffEXAMPLE")],
    ["bytes that are no UTF-8", Buffer.of(0x61, 0xff), text("")],
    ["an account that fills its field", Buffer.alloc(257, "a"), text("")],
    ["a domain that fills its field", text("alice"), Buffer.alloc(257, "a")],
  ])("B16 peer() of a server on WinPR is a PeerNameError for %s", (_, user, domain) => {
    using context = server({ traits, contextAttributes: identified(user, domain) });
    expect(() => context.peer()).toThrow(PeerNameError);
  });
});

describe("peer() of a server on WinPR that does not answer", () => {
  it("C4 is a PeerNameError whose native error says which attribute it was", () => {
    const traits = { inboundPeerAttribute: "authIdentity" } as const;
    using context = server({ traits, contextAttributes: () => SEC_E_UNSUPPORTED_FUNCTION });
    expect(thrownBy(() => context.peer())).toMatchObject({
      code: "SSPI_PEER_NAME",
      cause: {
        operation: "QueryContextAttributesW",
        code: "SEC_E_UNSUPPORTED_FUNCTION",
        cause: { message: expect.stringContaining("does not answer SECPKG_ATTR_AUTH_IDENTITY") },
      },
    });
  });
});

describe("peer() of a client", () => {
  it("is the server that nativeNames gives, where mutual authentication was granted", () => {
    using context = client(
      { contextAttributes: named({ server: "HTTP/real.example@EXAMPLE.TEST" }) },
      ISC_RET.mutualAuth,
    );
    expect(context.peer()).toEqual({
      name: "HTTP/real.example@EXAMPLE.TEST",
      account: "HTTP/real.example",
      realm: "EXAMPLE.TEST",
      package: "Scripted",
    });
  });

  it("B16 peer() of a client is a PeerNameError where the server has not authenticated itself, whatever names there are", () => {
    using context = client({ contextAttributes: named({ server: "HTTP/real.example@EXAMPLE.TEST" }) }, 0);
    expect(() => context.peer()).toThrow("the server has not authenticated itself (mutualAuth)");
  });

  it("B16 peer() of a client is a PeerNameError where the provider does not report what it granted", () => {
    const script = { contextAttributes: named({ server: "HTTP/real.example" }), traits: { reportsFlags: false } };
    using context = client(script, ISC_RET.mutualAuth);
    expect(() => context.peer()).toThrow("the provider does not report mutualAuth");
  });

  it("B16 peer() of a client is never the target that the caller typed, nor the client's own name", () => {
    using context = client({ contextAttributes: named({ user: "EXAMPLE\\me" }) }, ISC_RET.mutualAuth);
    expect(() => context.peer()).toThrow(PeerNameError);
  });
});

describe("the package of a peer", () => {
  it("is the package that was negotiated, where the provider reports it", () => {
    using context = server({ contextAttributes: named({ user: "EXAMPLE\\alice", negotiated: "Kerberos" }) });
    expect(context.peer()).toMatchObject({ account: "alice", package: "Kerberos" });
  });
});

describe("the parts of a peer", () => {
  it.each([
    ["EXAMPLE\\alice", ["name", "account", "domain", "package"]],
    ["alice@EXAMPLE.TEST", ["name", "account", "realm", "package"]],
    ["alice", ["name", "account", "package"]],
  ])("are the properties that its name %j has, and no others", (user, parts) => {
    using context = server({ contextAttributes: named({ user }) });
    expect(Object.keys(context.peer()).sort()).toEqual([...parts].sort());
  });

  it.each([
    ["a package without a name", { negotiated: "" }],
    ["no package", { negotiated: null }],
  ])("name the context's own package where the negotiation reports %s", (_, negotiation) => {
    using context = server({ contextAttributes: named({ user: "alice", ...negotiation }) });
    expect(context.peer().package).toBe("Scripted");
  });
});

describe("peer() of an imported context", () => {
  it("B16 peer() of an imported context is a PeerNameError: a client's would be taken for its own peer", () => {
    const { provider } = hosted();
    using pair = handshake(provider);
    using imported = importContext({ package: "Test", packed: pair.client.export().packed, provider });
    expect(() => imported.peer()).toThrow("an imported context does not know which side it is");
    expect(pair.server.peer()).toEqual({ name: "alice", account: "alice", package: "Test" });
  });
});
