import { describe, expect, it } from "vitest";
import { SEC_E_LOGON_DENIED, SEC_E_NO_CREDENTIALS } from "../../generated/status/constants.ts";
import { certificateOf } from "../../src/credentials/certificates/certificate.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { type AcquireOptions, Credential, live } from "../../src/index.ts";
import { HandleSlot, leaseWorkspace, returnWorkspace, type Workspace } from "../../src/memory/index.ts";
import type { SecurityProvider } from "../../src/native/index.ts";
import { type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { ScriptedCertificates } from "../scripted/scripted-certificates.ts";

type TakeTurn = NonNullable<SecurityProvider["takeTurn"]>;

/** A provider with one call at a time: `begin` lets the waiting call begin, or fail. */
function inTurn(script: Script = {}) {
  const sspi = scripted(script);
  const asked: Parameters<TakeTurn>[] = [];
  let ended = 0;
  const { promise, resolve, reject } = deferred<{ end(): void }>();
  const takeTurn: TakeTurn = (...args) => {
    asked.push(args);
    return promise;
  };
  const provider = Object.assign(sspi.provider, { takeTurn });
  const end = () => {
    ended += 1;
  };
  return { sspi, provider, asked, begin: () => resolve({ end }), fail: reject, ended: () => ended };
}

function deferred<T>() {
  let [resolve, reject] = [(_: T): void => {}, (_: Error): void => {}];
  const promise = new Promise<T>((one, other) => {
    [resolve, reject] = [one, other];
  });
  return { promise, resolve, reject };
}

/** The address of the slot that the next handle gets. */
function nextSlot(): number {
  const slot = HandleSlot.lease();
  slot.giveBack();
  return slot.address;
}

/** The workspace that the next call uses. */
function nextWorkspace(): Workspace {
  const workspace = leaseWorkspace();
  returnWorkspace(workspace);
  return workspace;
}

const outbound = { package: "Scripted", use: "outbound" } as const;

function certificate() {
  const windows = new ScriptedCertificates([{ der: Buffer.from("alice"), container: "{alice}" }]);
  return certificateOf(openPfx(windows.functions, Buffer.from("pfx"), "", {}));
}

describe("an acquisition that waits for its turn", () => {
  it("holds no native memory meanwhile, and ends its turn once when the call has returned", async () => {
    const { sspi, provider, asked, begin, ended } = inTurn();
    const [before, workspace] = [nextSlot(), nextWorkspace()];
    const acquiring = Credential.acquire({ ...outbound, provider });
    expect([asked, nextSlot(), sspi.acquisitions]).toEqual([[["initiating", undefined]], before, []]);
    begin();
    const credential = await acquiring;
    expect([ended(), sspi.offLoop]).toEqual([1, ["AcquireCredentialsHandleW"]]);
    credential.close();
    expect([nextSlot(), nextWorkspace() === workspace]).toEqual([before, true]);
  });

  it("E5 has read the identity already, which the caller may change", async () => {
    const { sspi, provider, begin } = inTurn();
    const password = Buffer.from("hunter2");
    const acquiring = Credential.acquire({ ...outbound, provider, identity: { user: "alice", password } });
    password.fill(0);
    begin();
    (await acquiring).close();
    expect(sspi.acquisitions[0]?.identity).toMatchObject({ user: "alice", password: "hunter2" });
  });

  it("ends its turn once where the call fails", async () => {
    const { provider, begin, ended } = inTurn({ acquire: () => SEC_E_LOGON_DENIED });
    begin();
    await expect(Credential.acquire({ ...outbound, provider })).rejects.toThrow("SEC_E_LOGON_DENIED");
    expect(ended()).toBe(1);
  });

  it("makes no call where no turn comes, and releases what it had prepared", async () => {
    const { sspi, provider, fail, ended } = inTurn({ authData: () => undefined });
    const before = nextSlot();
    const alice = certificate();
    const acquiring = Credential.acquire({ ...outbound, provider, schannel: { certificates: [alice] } });
    alice.close();
    expect(live().certificates).toBe(1);
    fail(new Error("no turn"));
    await expect(acquiring).rejects.toThrow("no turn");
    expect([live().certificates, nextSlot(), sspi.acquisitions, ended()]).toEqual([0, before, [], 0]);
  });
});

describe("an acquisition whose caller stops waiting", () => {
  /** A provider whose call returns when `answer` is called. */
  function slow(script: Script = {}) {
    const { promise, resolve } = deferred<void>();
    return { sspi: scripted({ ...script, gate: () => promise }), answer: () => resolve() };
  }
  /** Waits until the call has returned, and what it returned is taken care of. */
  async function settled({ offLoop }: ScriptedSspi): Promise<void> {
    while (!offLoop.includes("AcquireCredentialsHandleW")) await new Promise(setImmediate);
    await new Promise(setImmediate);
  }

  it("rejects at once, and frees the credential with its certificates when the call returns", async () => {
    const { sspi, answer } = slow({ authData: () => undefined });
    const alice = certificate();
    const abort = new AbortController();
    const options = { ...outbound, provider: sspi.provider, schannel: { certificates: [alice] }, signal: abort.signal };
    const acquiring = Credential.acquire(options);
    alice.close();
    abort.abort("enough");
    await expect(acquiring).rejects.toMatchObject({
      code: "ABORT_ERR",
      cause: "enough",
      operation: "AcquireCredentialsHandleW",
    });
    expect([sspi.released, live().certificates]).toEqual([["FreeContextBuffer"], 1]);
    answer();
    await settled(sspi);
    expect(sspi.released).toEqual(["FreeContextBuffer", "FreeCredentialsHandle"]);
    expect(live()).toMatchObject({ credentials: 0, certificates: 0 });
  });

  it("rejects with a failure that comes in time, and keeps a credential that comes in time", async () => {
    const { signal } = new AbortController();
    const options = { ...outbound, signal, timeout: 20_000 };
    const { provider } = scripted({ acquire: () => SEC_E_NO_CREDENTIALS });
    await expect(Credential.acquire({ ...options, provider })).rejects.toThrow("SEC_E_NO_CREDENTIALS");
    const credential = await Credential.acquire({ ...options, provider: scripted().provider });
    expect(live().credentials).toBe(1);
    credential.close();
  });

  it("makes no call where it had stopped before", async () => {
    const sspi = scripted();
    const acquiring = Credential.acquire({ ...outbound, provider: sspi.provider, signal: AbortSignal.abort() });
    await expect(acquiring).rejects.toMatchObject({ code: "ABORT_ERR" });
    expect(sspi.acquisitions).toEqual([]);
  });

  it.each([{ signal: AbortSignal.abort() }, { timeout: 5 }])("cannot be one on the event loop: %j", (wait) => {
    const options = { ...outbound, provider: scripted().provider, ...wait } as AcquireOptions;
    expect(() => Credential.acquireSync(options)).toThrow(/^(signal|options): there is no /);
  });
});

describe("an acquisition that fails", () => {
  it("is explained by the provider, from the status and off the event loop from the call", async () => {
    const asked: unknown[][] = [];
    const sspi = scripted({ acquire: () => SEC_E_LOGON_DENIED });
    const because = new Error("the account is locked");
    const explain = (...args: unknown[]): Error => {
      asked.push(args);
      return because;
    };
    const provider = Object.assign(sspi.provider, { explain });
    const refused = { code: "SEC_E_LOGON_DENIED", cause: because };
    expect(() => Credential.acquireSync({ ...outbound, provider })).toThrow(expect.objectContaining(refused));
    await expect(Credential.acquire({ ...outbound, provider })).rejects.toMatchObject(refused);
    expect(asked).toEqual([
      [SEC_E_LOGON_DENIED, undefined],
      [SEC_E_LOGON_DENIED, expect.any(Promise)],
    ]);
  });
});
