import { describe, expect, it } from "vitest";
import { ISC_RET, SECPKG_ATTR_NATIVE_NAMES } from "../../generated/sspi/constants.ts";
import { SEC_E_NO_CREDENTIALS, SEC_E_OK } from "../../generated/status/constants.ts";
import { SE_GROUP } from "../../generated/winnt/constants.ts";
import {
  ClientContext,
  DisposedError,
  live,
  type Peer,
  PeerGroupsError,
  PeerNameError,
  type SecurityProvider,
  ServerContext,
} from "../../src/index.ts";
import { failure } from "../../src/status/index.ts";
import { inbound, outbound, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { named } from "./named.ts";

type ReadAccount = NonNullable<SecurityProvider["clientAccount"]>;

const alice = {
  account: "alice",
  domain: "EXAMPLE",
  sid: "S-1-5-21-1-2-3-1103",
  groups: [
    { sid: "S-1-5-21-1-2-3-513", attributes: SE_GROUP.mandatory | SE_GROUP.enabled },
    { sid: "S-1-5-21-1-2-3-1200", attributes: SE_GROUP.useForDenyOnly },
  ],
};
const names = named({ user: "alice@EXAMPLE.TEST", server: "HTTP/web@EXAMPLE.TEST" });

/** A provider whose package knows the account that a domain controller signed. */
function signing(clientAccount: ReadAccount, script: Script = {}): ScriptedSspi {
  const sspi = scripted({ contextAttributes: names, ...script });
  Object.assign(sspi.provider, { clientAccount });
  return sspi;
}

function serverOn(sspi: ScriptedSspi): ServerContext {
  using credential = inbound(sspi);
  const server = new ServerContext(credential);
  server.stepSync(Buffer.from("hello"));
  return server;
}

const refused = failure({ operation: "gss_get_name_attribute", status: SEC_E_NO_CREDENTIALS });
const damaged = new RangeError("the PAC has no end");

describe("the groups of a client", () => {
  it("B37 are those that a domain controller signed, with their attributes by name", async () => {
    const handles: unknown[] = [];
    const sspi = signing((context) => {
      handles.push(sspi.handles.read("context", context, "clientAccount"));
      return alice;
    });
    using server = serverOn(sspi);
    expect(await server.peer().groups()).toEqual([
      { sid: "S-1-5-21-1-2-3-513", attributes: ["mandatory", "enabled"] },
      { sid: "S-1-5-21-1-2-3-1200", attributes: ["useForDenyOnly"] },
    ]);
    expect([handles, sspi.count("QuerySecurityContextToken")]).toEqual([[2], 0]);
  });

  it("B37 are an error, and no empty list, where nobody signed an account", async () => {
    using server = serverOn(signing(() => undefined));
    const error = await server.peer().groups().catch(String);
    expect(error).toMatch(/^PeerGroupsError: .* no authenticated data of a domain controller$/);
  });

  it("are an error with its cause where the signed data cannot be read", async () => {
    const unreadable = serverOn(
      signing(() => {
        throw damaged;
      }),
    );
    using server = unreadable;
    const error = await server
      .peer()
      .groups()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PeerGroupsError);
    expect(error).toMatchObject({ code: "SSPI_PEER_GROUPS", cause: damaged });
  });

  it("are the native error where the provider has one", async () => {
    using server = serverOn(
      signing(() => {
        throw refused;
      }),
    );
    await expect(server.peer().groups()).rejects.toBe(refused);
  });

  it("are those of its access token on other providers, and the token is closed although it cannot be read", async () => {
    const sspi = scripted({ contextAttributes: names });
    using server = serverOn(sspi);
    await expect(server.peer().groups()).rejects.toMatchObject({ code: "SSPI_ACCESS_TOKEN" });
    expect([sspi.count("QuerySecurityContextToken"), sspi.count("CloseHandle"), live().tokens]).toEqual([1, 1, 0]);
  });

  it("cannot be asked for once the context is closed", async () => {
    const server = serverOn(signing(() => alice));
    const peer: Peer = server.peer();
    server.close();
    await expect(peer.groups()).rejects.toThrow(DisposedError);
  });

  it("are not known of a server, not even where the provider knows a client's account", async () => {
    const sspi = signing(() => alice, { legs: [{ status: SEC_E_OK, attributes: ISC_RET.mutualAuth }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    await expect(client.peer().groups()).rejects.toThrow(PeerGroupsError);
  });
});

describe("the Windows name of a client", () => {
  const windows = (server: ServerContext) => () => server.peer({ form: "windows" });

  it("is the account that a domain controller of the server's realm signed", () => {
    using server = serverOn(signing(() => ({ ...alice, account: "alice2" })));
    const { groups: _, ...parts } = { ...server.peer({ form: "windows" }) };
    expect(parts).toEqual({
      name: "EXAMPLE\\alice2",
      account: "alice2",
      domain: "EXAMPLE",
      realm: "EXAMPLE.TEST",
      package: "Scripted",
    });
    expect(server.peer().name).toBe("alice@EXAMPLE.TEST");
  });

  it("is the mechanism's own where that names a domain, and nobody else is asked", () => {
    const never = (): never => {
      throw damaged;
    };
    using server = serverOn(signing(never, { contextAttributes: named({ user: "EXAMPLE\\alice" }) }));
    expect(server.peer({ form: "windows" }).name).toBe("EXAMPLE\\alice");
  });

  it.each([
    ["nobody signed one", (): undefined => undefined, names, /no domain controller has signed/],
    [
      "the server's realm is another",
      () => alice,
      named({ user: "alice@EVIL.TEST", server: "HTTP/web@EXAMPLE.TEST" }),
      /realm EVIL\.TEST is not the server's/,
    ],
    [
      "the server's name has no realm",
      () => alice,
      named({ user: "alice@EXAMPLE.TEST", server: "web" }),
      /is not the server's/,
    ],
    ["neither name has a realm", () => alice, named({ user: "alice", server: "web" }), /is not the server's/],
    ["the domain controller signed no domain", () => ({ ...alice, domain: "" }), names, /no qualified name/],
    ["it has two readings", () => ({ ...alice, account: "EVIL\\alice" }), names, /no qualified name/],
  ] as const)("B16 is a PeerNameError where %s", (_, account, contextAttributes, message) => {
    using server = serverOn(signing(account, { contextAttributes }));
    expect(windows(server)).toThrow(PeerNameError);
    expect(windows(server)).toThrow(message);
  });

  it("is a PeerNameError with its cause where the signed data cannot be read", () => {
    using server = serverOn(
      signing(() => {
        throw damaged;
      }),
    );
    expect(windows(server)).toThrow(expect.objectContaining({ code: "SSPI_PEER_NAME", cause: damaged }));
  });

  it("is the native error where the provider has one", () => {
    using server = serverOn(
      signing(() => {
        throw refused;
      }),
    );
    expect(windows(server)).toThrow(refused);
  });

  it("is a PeerNameError on a provider that has no signed accounts", () => {
    using server = serverOn(scripted({ contextAttributes: names }));
    expect(windows(server)).toThrow(/no domain controller has signed/);
  });

  it("asks for the server's own name only where the client has a realm", () => {
    const asked: number[] = [];
    const read = named({ user: "alice", server: "HTTP/web@EXAMPLE.TEST" });
    const contextAttributes: Script["contextAttributes"] = (call) => {
      asked.push(call.attribute);
      return read(call);
    };
    using server = serverOn(signing(() => alice, { contextAttributes }));
    expect(windows(server)).toThrow(PeerNameError);
    expect(asked).not.toContain(SECPKG_ATTR_NATIVE_NAMES);
  });

  it.each(["Windows", "", 1, null])("refuses the form %j before native code", (form) => {
    const sspi = signing(() => alice);
    using server = serverOn(sspi);
    const before = sspi.calls.length;
    expect(() => server.peer({ form: form as never })).toThrow(/^form: /);
    expect(sspi.calls).toHaveLength(before);
  });
});
