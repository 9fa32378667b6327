import { ClientContext, Credential, live, ServerContext } from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { definedTypes } from "../../src/native/koffi-types.ts";
import { type DiagnosticsReport, PackageHost } from "../../src/packages.ts";
import { compiledPackage } from "../fixtures/compiled-package.ts";
import { testPackage } from "../packages/test-package.ts";
import { malloc, mallocTrim, settled } from "./native-bytes.ts";

/** Which package does it, and what it loses on purpose, to show that a loss is seen. */
export type HostedWork = "typescript" | "c" | "leaking-contexts" | "leaking-tokens";

export interface HostedMeasured {
  readonly live: ReturnType<typeof live>;
  /** While the host is open, and when all is closed. */
  readonly slots: readonly [number, number];
  readonly report: Pick<DiagnosticsReport, "held" | "misdeeds" | "open" | "allocations">;
  /** How many handles the package has open, where it tells. */
  readonly open: object | undefined;
  readonly types: readonly [number, number];
  readonly resident: number;
  /** Bytes of malloc's that were not given back, per handshake. */
  readonly lost: number;
}

const [work, count] = [process.argv[2] as HostedWork, Number(process.argv[3])];
const host = new PackageHost();
const defined = testPackage();
const name = work === "c" ? "Fixture" : "Test";
if (work === "c") host.load(compiledPackage("sound"), { splitsMessages: true });
else host.add(defined);
const { provider } = host;
if (work === "leaking-contexts") provider.DeleteSecurityContext = () => 0;

function handshake(): void {
  using outbound = Credential.acquireSync({ package: name, use: "outbound", provider });
  using inbound = Credential.acquireSync({ package: name, use: "inbound", provider });
  using client = new ClientContext(outbound, { target: "HTTP/localhost" });
  using server = new ServerContext(inbound);
  const answer = server.stepSync(client.stepSync().token as Buffer);
  client.stepSync(answer.token as Buffer);
  server.decrypt(client.encrypt(Buffer.from("a message")));
  client.verify(Buffer.from("signed"), server.sign(Buffer.from("signed")));
  client.query("names");
  using _token = server.accessToken();
  client.export({ deleteOld: true, withToken: true }).token?.close();
  if (work === "leaking-tokens") malloc(256);
}

async function run(times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    handshake();
    if (index % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The memory of allocations lives until the garbage collector comes by, and malloc keeps the room it once took. */
async function trimmed(): ReturnType<typeof settled> {
  await settled();
  mallocTrim(0);
  return settled();
}

// Contexts that are lost crowd every table: few are enough to see them.
await run(work === "leaking-contexts" ? 500 : 5_000);
const before = await trimmed();
const types = definedTypes();
const slots = callbackSlots();
await run(count);
const after = await trimmed();
const { held, misdeeds, open, allocations } = host.diagnostics();
const measured = {
  live: live(),
  report: { held, misdeeds, open, allocations },
  open: work === "c" ? undefined : { ...defined.open },
  types: [types, definedTypes()] as const,
  resident: after.resident - before.resident,
  lost: (after.native - before.native) / count,
};
if (callbackSlots() !== slots) throw new Error(`${slots} callbacks became ${callbackSlots()}`);
host.close();
defined.close();
const result: HostedMeasured = { ...measured, slots: [slots, callbackSlots()] };
console.log(JSON.stringify(result));
