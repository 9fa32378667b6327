import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { askForCredssp } from "../../examples/rdp-prologue.ts";
import { type CredsspHostOptions, credsspHost } from "../../src/credssp.ts";
import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  type Leg,
  RequirementError,
  ServerContext,
  type ServerContextOptions,
  SspiError,
} from "../../src/index.ts";
import { elsewhereCertificate, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { type CredsspLogon, logons } from "../interop/credssp-logons.ts";
import { connectInitial } from "../interop/mcs-connect.ts";
import { xfreerdp } from "../interop/rdp-clients.ts";
import { RdpRelay } from "../interop/rdp-relay.ts";
import { RdpServer } from "../interop/rdp-server.ts";
import { needsOnDemand } from "../lab/needs.ts";

const target = "TERMSRV/localhost";
const alice = { user: "alice", password: "userpw" };
const [logon] = logons.filter(({ kerberos }) => !kerberos) as [CredsspLogon];
const { inner, innerProvider } = logon;
/** The head of a record that has not arrived: a context can only give it back. */
const behind = Buffer.from([0x17, 3, 3]);

interface Course {
  readonly statuses: readonly Leg["status"][];
  /** The bytes that the legs gave back of those fed behind whole records. */
  readonly extras: readonly (Buffer | undefined)[];
}

/** Whole records of TLS, as they arrive. @throws Error where the peer hangs up */
async function records(socket: Socket): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const part: Buffer | null = socket.read();
    if (part) bytes = Buffer.concat([bytes, part]);
    let end = 0;
    while (end + 5 <= bytes.length) end += 5 + bytes.readUInt16BE(end + 3);
    if (end > 0 && end === bytes.length) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error("the peer has hung up");
    if (!part) await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]);
  }
}

/** The legs of a context with a peer: each takes a fixed number of bytes, or whole records and bytes behind them. */
async function course(context: ClientContext | ServerContext, socket: Socket, feed: number | Buffer): Promise<Course> {
  const statuses: Leg["status"][] = [];
  const extras: (Buffer | undefined)[] = [];
  let pending: Buffer = Buffer.alloc(0);
  let leg = context instanceof ClientContext ? await context.step() : undefined;
  for (;;) {
    if (leg) statuses.push(leg.status);
    if (leg?.token?.length) socket.write(leg.token);
    if (leg?.status === "complete") return { statuses, extras };
    if (pending.length === 0) pending = await records(socket);
    const input: Buffer = typeof feed === "number" ? pending.subarray(0, feed) : Buffer.concat([pending, feed]);
    pending = typeof feed === "number" ? pending.subarray(feed) : Buffer.alloc(0);
    leg = await context.step(input);
    if (typeof feed !== "number") extras.push(leg.extra);
    else if (leg.extra) pending = Buffer.concat([leg.extra, pending]);
  }
}

/** A client's context, and a connection to a server that has agreed on CredSSP. */
async function client<T>(
  port: number,
  work: (context: ClientContext, socket: Socket) => Promise<T>,
  more: {
    readonly host?: CredsspHostOptions;
    readonly context?: ClientContextOptions;
    readonly password?: string;
  } = {},
): Promise<T> {
  using host = credsspHost({ inner, innerProvider, delegate: [target], allowNtlmTo: [target], ...more.host });
  const spnego = { ...alice, domain: "", password: more.password ?? alice.password };
  const outbound = { package: "CREDSSP", use: "outbound", provider: host.provider } as const;
  using credential = Credential.acquireSync({ ...outbound, credssp: { spnego } });
  using context = new ClientContext(credential, { target, require: ["confidentiality", "stream"], ...more.context });
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  try {
    await once(socket, "connect");
    await askForCredssp(socket);
    return await work(context, socket);
  } finally {
    socket.destroy();
  }
}

describe.each([2, 3] as const)("a client of the package CREDSSP and FreeRDP %i's server", (version) => {
  const freerdp = needsOnDemand(`freerdp${version}`);

  it("ISC-11 ISC-16 asks for the rest of messages that arrive byte by byte, has attributes when complete, and RDP continues", async () => {
    await client(freerdp().rsa.port, async (context, socket) => {
      expect(() => context.flags).toThrow("no context before the first step");
      const { statuses } = await course(context, socket, 1);
      expect(statuses.filter((status) => status === "incomplete-message").length).toBeGreaterThan(100);
      expect(context.flags).toEqual(expect.arrayContaining(["confidentiality", "stream"]));
      expect(context.query("streamSizes").cbMaximumMessage).toBeGreaterThan(0);
      socket.write(context.encrypt(connectInitial()));
      const opened = context.decryptStream(await records(socket));
      expect(opened).toMatchObject({ status: "data" });
      expect("data" in opened && opened.data.subarray(4, 9).toString("hex")).toBe("02f0807f66");
    });
  });

  it("ISC-12 returns the bytes behind each of the server's messages, including the last", async () => {
    const { extras } = await client(freerdp().rsa.port, (context, socket) => course(context, socket, behind));
    expect(extras.length).toBeGreaterThan(2);
    expect(extras).toEqual(extras.map(() => behind));
  });

  it("ISC-15 fails with a typed error where no server may have the password, and where the server is not trusted", async () => {
    const { port } = freerdp().rsa;
    const go = (host: CredsspHostOptions) => client(port, (context, socket) => course(context, socket, 1000), { host });
    const operation = "InitializeSecurityContextW";
    await expect(go({ delegate: [] })).rejects.toMatchObject({ code: "SEC_E_DELEGATION_POLICY", operation });
    await expect(go({ allowNtlmTo: [] })).rejects.toMatchObject({ code: "SEC_E_POLICY_NLTM_ONLY", operation });
    const prompting = client(port, (context) => context.step(), { context: { target, request: ["promptForCreds"] } });
    await expect(prompting).rejects.toMatchObject({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation });
  });

  it("ISC-17 is deleted where it would complete without a required flag, and the password is not sent", async () => {
    const { port, certificate, key } = freerdp().rsa;
    await using relay = await RdpRelay.listen(port, { cert: certificate, key });
    const context = { target, require: ["confidentiality", "delegate"] } as const;
    const failed = client(relay.port, (one, socket) => course(one, socket, 1000), { context });
    await expect(failed).rejects.toThrow(RequirementError);
    expect(relay.clientFields).toContain("pubKeyAuth");
    expect(relay.clientFields).not.toContain("authInfo");
  });
});

describe("a client of the package CREDSSP and FreeRDP 3's server", () => {
  const freerdp = needsOnDemand("freerdp3");

  it("ISC-15 fails with SEC_E_LOGON_DENIED for a wrong password, and the cause has the server's number", async () => {
    const failed = client(freerdp().rsa.port, (context, socket) => course(context, socket, 1000), {
      password: "wrong",
    });
    const cause = { cause: { cause: { name: "CredsspError", errorCode: 0xc007_00ea } } };
    await expect(failed).rejects.toMatchObject({ code: "SEC_E_LOGON_DENIED", ...cause });
  });
});

/** A server's context for the first client of a kind, fed as `feed` says. */
async function server<T>(
  visit: (port: number) => Promise<unknown>,
  work: (context: ServerContext, socket: Socket) => Promise<T>,
  options: ServerContextOptions = { require: ["confidentiality", "stream"] },
): Promise<T> {
  const identity = { certificate: rsaCertificate, ...logon.server };
  using host = credsspHost({ inner, innerProvider, server: identity });
  using credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
  await using house = await RdpServer.listen(async (socket) => {
    using context = new ServerContext(credential, options);
    try {
      return await work(context, socket);
    } catch (error) {
      if (error instanceof SspiError && error.token) socket.write(error.token);
      throw error;
    }
  });
  const [outcome] = await Promise.allSettled([house.first(), visit(house.port)]);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

describe.each([2, 3] as const)("a server of the package CREDSSP and xfreerdp %i", (version) => {
  const freerdp = needsOnDemand(`freerdp${version}`);
  const visitor = (who: typeof alice) => (port: number) => xfreerdp({ version, display: freerdp().display }, port, who);

  it("ASC-06 ASC-10 asks for the rest of messages that arrive byte by byte, and has attributes when complete", async () => {
    await server(visitor(alice), async (context, socket) => {
      expect(() => context.flags).toThrow("no context before the first step");
      const { statuses } = await course(context, socket, 1);
      expect(statuses.filter((status) => status === "incomplete-message").length).toBeGreaterThan(100);
      expect(context.flags).toEqual(expect.arrayContaining(["confidentiality", "stream"]));
      expect(context.query("names").sUserName).toBe("alice");
    });
  });

  it("ASC-07 returns the bytes behind each of the client's messages, including the last", async () => {
    const { extras } = await server(visitor(alice), (context, socket) => course(context, socket, behind));
    expect(extras.length).toBeGreaterThan(2);
    // The first message of RDP may have arrived with the last token.
    expect(extras.slice(0, -1)).toEqual(extras.slice(0, -1).map(() => behind));
    expect(extras.at(-1)?.subarray(-3)).toEqual(behind);
  });

  it("ASC-09 fails with SEC_E_LOGON_DENIED for a wrong password", async () => {
    const failed = server(visitor({ ...alice, password: "wrong" }), (context, socket) => course(context, socket, 1000));
    const operation = "AcceptSecurityContext";
    await expect(failed).rejects.toMatchObject({ code: "SEC_E_LOGON_DENIED", operation });
  });

  it("ASC-09 fails with SEC_E_MESSAGE_ALTERED for an attacker in the middle", async () => {
    const through = async (port: number): Promise<unknown> => {
      await using relay = await RdpRelay.listen(port, elsewhereCertificate);
      return await visitor(alice)(relay.port);
    };
    const failed = server(through, (context, socket) => course(context, socket, 1000));
    await expect(failed).rejects.toMatchObject({ code: "SEC_E_MESSAGE_ALTERED", operation: "AcceptSecurityContext" });
  });

  it("ASC-12 is deleted where it would complete without a required flag", async () => {
    const require = ["confidentiality", "mutualAuth"] as const;
    const failed = server(visitor(alice), (context, socket) => course(context, socket, 1000), { require });
    await expect(failed).rejects.toThrow(RequirementError);
  });
});
