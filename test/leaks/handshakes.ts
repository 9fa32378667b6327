import {
  ClientContext,
  Credential,
  live,
  type SecurityProvider,
  ServerContext,
  SspiError,
  systemProvider,
} from "../../src/index.ts";
import { definedTypes } from "../../src/native/koffi-types.ts";
import { tokenOf } from "../live/ntlm.ts";
import { alice, samFile } from "../live/providers.ts";
import { malloc, settled } from "./native-bytes.ts";

/** The work that this process repeats; the last two kinds leak on purpose, to show that the test detects a leak. */
export type Work = "sync" | "async" | "failing" | "leaking-contexts" | "leaking-tokens";

export interface Measured {
  readonly live: ReturnType<typeof live>;
  /** How much resident memory grew after the warm-up, in bytes. */
  readonly resident: number;
  /** How much of malloc's memory was not given back, in bytes per handshake. */
  readonly lost: number;
  /** koffi types defined after the warm-up, and at the end. */
  readonly types: readonly [number, number];
}

const [library, work, count] = [process.argv[2] as string, process.argv[3] as Work, Number(process.argv[4])];

function leakingContexts(real: SecurityProvider): SecurityProvider {
  return { ...real, callAsync: real.callAsync, has: real.has, DeleteSecurityContext: () => 0 };
}

const provider = work === "leaking-contexts" ? leakingContexts(systemProvider(library)) : systemProvider(library);

function credentials(password: string = alice.password): { outbound: Credential; inbound: Credential } {
  return {
    outbound: Credential.acquireSync({ package: "NTLM", use: "outbound", identity: { ...alice, password }, provider }),
    inbound: Credential.acquireSync({ package: "NTLM", use: "inbound", winpr: { samFile }, provider }),
  };
}

function onLoop(password?: string): void {
  const { outbound, inbound } = credentials(password);
  using _outbound = outbound;
  using _inbound = inbound;
  using client = new ClientContext(outbound, { target: "HTTP/localhost", request: ["confidentiality"] });
  using server = new ServerContext(inbound, { request: ["confidentiality"] });
  const challenge = tokenOf(server.stepSync(tokenOf(client.stepSync()) as Buffer));
  const authenticate = tokenOf(client.stepSync(challenge)) as Buffer;
  server.stepSync(authenticate);
  server.decrypt(client.encrypt(challenge as Buffer));
  if (work === "leaking-tokens") malloc(authenticate.length);
}

function failing(): void {
  try {
    onLoop("wrong");
  } catch (error) {
    // Any other error would mean that no logon was tried.
    if (error instanceof SspiError && /^(AcceptSecurityContext|CompleteAuthToken)$/.test(error.operation)) return;
    throw error;
  }
  throw new Error("a wrong password was taken");
}

async function offLoop(): Promise<void> {
  const { outbound, inbound } = credentials();
  using _outbound = outbound;
  using _inbound = inbound;
  using client = new ClientContext(outbound, { target: "HTTP/localhost" });
  using server = new ServerContext(inbound);
  const challenge = tokenOf(await server.step(tokenOf(await client.step()) as Buffer));
  await server.step(tokenOf(await client.step(challenge)) as Buffer);
}

async function run(times: number): Promise<void> {
  if (work === "async") {
    let left = times;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await offLoop();
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return;
  }
  for (let index = 0; index < times; index += 1) {
    if (work === "failing") failing();
    else onLoop();
    // Work that waits for a turn of the event loop must not pile up, so this script gives turns as a server does.
    if (index % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
}

// The warm-up lasts until a garbage-collected heap has found its size.
await run(15_000);
const before = await settled();
const types = definedTypes();
await run(count);
const after = await settled();
const measured: Measured = {
  live: live(),
  resident: after.resident - before.resident,
  lost: (after.native - before.native) / count,
  types: [types, definedTypes()],
};
console.log(JSON.stringify(measured));
