import { ClientContext, Credential, live, ServerContext } from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { definedTypes } from "../../src/native/koffi-types.ts";
import { type DiagnosticsReport, PackageHost } from "../../src/packages.ts";
import { compiledPackage } from "../fixtures/compiled-package.ts";
import { testPackage } from "../packages/test-package.ts";
import { malloc, mallocTrim, settled } from "./native-bytes.ts";

/** The package that makes the handshakes, and what it leaks on purpose, to show that the test detects a leak. */
export type HostedWork = "typescript" | "c" | "leaking-contexts" | "leaking-tokens";

export interface HostedMeasured {
  readonly live: ReturnType<typeof live>;
  /** The numbers while the host is open, and after everything is closed. */
  readonly slots: readonly [number, number];
  readonly report: Pick<DiagnosticsReport, "held" | "misdeeds" | "open" | "allocations">;
  /** How many handles the package has open, where it reports them. */
  readonly open: object | undefined;
  readonly types: readonly [number, number];
  readonly resident: number;
  /** Bytes that malloc did not get back, per handshake. */
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

/** The memory of allocations lives until the garbage collector runs, and malloc keeps the memory that it once took. */
async function trimmed(): ReturnType<typeof settled> {
  await settled();
  mallocTrim(0);
  return settled();
}

// Lost contexts fill every table, so few of them are enough to detect them.
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
