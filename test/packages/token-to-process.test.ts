import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { type AccessToken, ClientContext, Credential, live, openTokenIn, ServerContext } from "../../src/index.ts";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { expectUnderstanding, hosted } from "./hosted.ts";
import { aliceKey, shake } from "./psk.ts";
import type { Received, Sent } from "./token/receiving-process.ts";
import { tokenHandles } from "./token/token-handles.ts";
import { tokenPackage } from "./token/token-package.ts";

const onWindows = process.platform === "win32";
/** The number of a descriptor that a child inherits: the next one after stdin, stdout and stderr. */
const inherited = 3n;

/** Starts a process that waits for a context; on POSIX it inherits the token as descriptor 3. */
function receiver(folder: string, own: bigint): ChildProcess {
  const stdio = ["ignore", "inherit", "inherit", ...(onWindows ? [] : [Number(own)])] as const;
  const args = [...nodeArguments("test/packages/token/receiving-process.ts"), folder];
  const child = spawn(process.execPath, args, { stdio: [...stdio] });
  onTestFinished(() => void child.kill());
  return child;
}

/** The token's handle in the other process. */
function tokenFor(child: ChildProcess, token: AccessToken): bigint {
  return onWindows ? openTokenIn(child.pid as number, token) : inherited;
}

async function exchange(folder: string, child: ChildProcess, sent: Sent): Promise<Received> {
  writeFileSync(join(folder, "sent.json.new"), JSON.stringify(sent));
  renameSync(join(folder, "sent.json.new"), join(folder, "sent.json"));
  const file = join(folder, "received.json");
  while (!existsSync(file) && child.exitCode === null) await setTimeout(10);
  return JSON.parse(readFileSync(file, "utf8")) as Received;
}

it("EXP-01, EXP-02, EXP-03, EXP-08, EXP-10: an exported context and its token work in another process", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-hand-over-"));
  const own = tokenHandles.open();
  const identity = tokenHandles.identity(own);
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
    tokenHandles.close(own);
  });
  const { provider, host, defined } = hosted(tokenPackage({ alice: aliceKey }, own));
  const released: string[] = [];
  for (const name of ["DeleteSecurityContext", "CloseHandle"] as const) {
    const original = provider[name] as (at: number | bigint) => number;
    provider[name] = (at: number | bigint) => {
      released.push(name);
      return original(at);
    };
  }
  using outbound = Credential.acquireSync({ package: "WithToken", use: "outbound", principal: "alice", provider });
  using inbound = Credential.acquireSync({ package: "WithToken", use: "inbound", provider });
  using client = new ClientContext(outbound, { target: "app/house" });
  using server = new ServerContext(inbound);
  shake({ client, server, [Symbol.dispose]() {} });
  expectUnderstanding(client, server);

  const child = receiver(folder, own);
  const { packed, token } = server.export({ resetNew: true, deleteOld: true, withToken: true });
  using given = token as AccessToken;
  expect(defined.open).toEqual({ credentials: 2, contexts: 1, sessions: 1 });
  expect(() => server.encrypt(Buffer.from("x"))).toThrow(/exported with deleteOld/);
  server.close();
  expect(released).toEqual([]);

  const sealed = client.encrypt(Buffer.from("to the worker"));
  const sent = { packed: packed.toString("base64"), sealed: sealed.toString("base64") };
  const received = await exchange(folder, child, { ...sent, token: String(tokenFor(child, given)) });

  expect(received).toMatchObject({ user: "alice", read: "to the worker", own: identity });
  expect(client.decrypt(Buffer.from(received.answer, "base64")).toString()).toBe("from the worker");
  client.verify(Buffer.from("signed"), Buffer.from(received.signature, "base64"));
  expect(received.refused).toEqual({ SEC_E_INVALID_TOKEN: packed.length * 2 });
  // The token is the same object there, stays open when the context is closed, and is closed once.
  expect(received.identities).toEqual([identity, identity, null]);
  expect(new Set(Object.values(received.live as object))).toEqual(new Set([0]));

  expect([live().tokens, host.diagnostics().open.tokens]).toEqual([1, 1]);
  const { value } = given;
  given.close();
  given.close();
  expect(released).toEqual(["CloseHandle"]);
  expect(host.diagnostics().open.tokens).toBe(0);
  if (onWindows) expect(tokenHandles.identity(value)).toBeUndefined();
  expect(tokenHandles.identity(own)).toBe(identity);
}, 60_000);

it("openTokenIn() throws for a process that does not exist, and on any system but Windows", () => {
  const own = tokenHandles.open();
  onTestFinished(() => void tokenHandles.close(own));
  const { provider } = hosted(tokenPackage({ alice: aliceKey }, own));
  using outbound = Credential.acquireSync({ package: "WithToken", use: "outbound", principal: "alice", provider });
  using inbound = Credential.acquireSync({ package: "WithToken", use: "inbound", provider });
  using client = new ClientContext(outbound, { target: "app/house" });
  using server = new ServerContext(inbound);
  shake({ client, server, [Symbol.dispose]() {} });
  using token = server.accessToken();
  expect(() => openTokenIn(0x7fff_fffd, token)).toThrow("the token could not be opened in process 2147483645");
  expect(() => openTokenIn(-1, token)).toThrow(/processId: expected an integer/);
  expect(() => openTokenIn(1, 5n as never)).toThrow(/token: expected an AccessToken, got a bigint/);
});
