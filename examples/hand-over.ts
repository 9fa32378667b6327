/**
 * One process logs clients on and hands each connection, with its security context, to a worker process that goes on
 * encrypting. Workers hold no keys. Run it with
 *
 *     npx tsx examples/hand-over.ts
 *
 * and, for workers of node:cluster instead of node:child_process, with `--cluster` after it. It uses the embedded
 * package; with `--kerberos` the system's GSSAPI, the ticket of whoever runs it, and the keys of HTTP/localhost.
 */
import { fork } from "node:child_process";
import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import {
  ClientContext,
  Credential,
  gssapiProvider,
  importContext,
  live,
  type SecurityProvider,
  ServerContext,
} from "sspi-ffi";
import { embeddedHost, embeddedPackage } from "sspi-ffi/packages";
import { FramedSocket } from "./framed-socket.ts";

const file = fileURLToPath(import.meta.url);
const kerberos = process.argv.includes("--kerberos");
const packageName = kerberos ? "Kerberos" : embeddedPackage;

/** Whose contexts they are. A server's keys are those of its users, or those of the system's keytab. */
function house(keys: Readonly<Record<string, Uint8Array>>): { readonly provider: SecurityProvider } & Disposable {
  return kerberos ? { provider: gssapiProvider(), [Symbol.dispose]() {} } : embeddedHost({ keys });
}
/** Processes of both kinds take messages with a socket, and tell when they end. */
type Worker = ReturnType<typeof fork> | ReturnType<typeof cluster.fork>;

/** What a worker gets beside the connection. `packed` is as secret as the keys of the session. */
interface HandOver {
  readonly worker: number;
  readonly packed: string;
}

/** The accepting process: the handshake, and nothing after it. */
async function accept(socket: Socket, worker: Worker, number: number, provider: SecurityProvider): Promise<void> {
  const peer = new FramedSocket(socket);
  using credential = Credential.acquireSync({ package: packageName, use: "inbound", provider });
  using context = new ServerContext(credential, { require: ["confidentiality"] });
  while (!context.complete) {
    const token = await peer.receive();
    if (!token) return;
    const leg = await context.step(token);
    if (leg.token) peer.send(leg.token);
  }
  console.log(`accepting process: ${context.peer().name} is logged on, and goes to worker ${number}`);
  // Kerberos goes on with the numbers that it has.
  const { packed } = context.export({ resetNew: !kerberos, deleteOld: true });
  // Nothing is on its way in now: the client says nothing before it has been greeted.
  socket.pause();
  worker.send({ worker: number, packed: packed.toString("base64") } satisfies HandOver, socket);
  packed.fill(0);
}

/** A worker: a context that somebody else established. */
async function serve({ worker, packed }: HandOver, socket: Socket, provider: SecurityProvider): Promise<void> {
  const peer = new FramedSocket(socket);
  using context = importContext({ package: packageName, packed: Buffer.from(packed, "base64"), provider });
  const say = (text: string): void => peer.send(context.encrypt(Buffer.from(text)));
  say(`hello ${context.query("names").sUserName}, this is worker ${worker}`);
  for (let sealed = await peer.receive(); sealed; sealed = await peer.receive())
    say(`${context.decrypt(sealed)} to you too`);
}

/** A client, which does not notice that the process at the other end has changed. */
async function visit(port: number, user: string, key: Uint8Array): Promise<void> {
  using host = house({ [user]: key });
  const { provider } = host;
  const principal = kerberos ? {} : { principal: user };
  using credential = Credential.acquireSync({ package: packageName, use: "outbound", ...principal, provider });
  const target = kerberos ? "HTTP/localhost" : "example/hand-over";
  using context = new ClientContext(credential, { target, request: ["confidentiality"], require: ["mutualAuth"] });
  const socket = connect(port, "127.0.0.1");
  const server = new FramedSocket(socket);
  const listen = async (): Promise<Buffer> => (await server.receive()) ?? Promise.reject(new Error("hung up"));
  let leg = await context.step();
  while (leg.status === "continue") {
    server.send(leg.token);
    leg = await context.step(await listen());
  }
  if (leg.token) server.send(leg.token);
  console.log(`  ${user} hears: ${context.decrypt(await listen())}`);
  for (const word of ["good morning", "good night"]) {
    server.send(context.encrypt(Buffer.from(word)));
    console.log(`  ${user} says ${word}, and hears: ${context.decrypt(await listen())}`);
  }
  socket.end();
  await once(socket, "close");
}

async function startWorker(): Promise<Worker> {
  const args = ["worker", ...(kerberos ? ["--kerberos"] : [])];
  cluster.setupPrimary({ exec: file, args });
  const worker = process.argv.includes("--cluster") ? cluster.fork() : fork(file, args);
  // What a worker of node:cluster is sent before it listens is lost, and the connection with it.
  await once(worker, "message");
  return worker;
}

async function main(): Promise<void> {
  const users = kerberos ? ["you", "you"] : ["alice", "bob", "carol"];
  const visits = users.map((user) => [user, randomBytes(32)] as const);
  using host = house(Object.fromEntries(visits));
  const workers = await Promise.all([startWorker(), startWorker()]);
  let turn = 0;
  const server = createServer((socket) => {
    const number = turn++ % workers.length;
    accept(socket, workers[number] as Worker, number + 1, host.provider).catch((error) => {
      console.error(error);
      socket.destroy();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  for (const [user, key] of visits) await visit(port, user, key);
  server.close();
  const ended = workers.map((worker) => once(worker, "exit"));
  for (const worker of workers) worker.disconnect();
  console.log(`workers ended with ${(await Promise.all(ended)).map(([code]) => code).join(" and ")}`);
}

if (process.argv[2] === "worker") {
  const host = house({});
  process.on("message", (message: HandOver, socket: Socket) =>
    serve(message, socket, host.provider).catch((error) => {
      console.error(error);
      socket.destroy();
    }),
  );
  process.send?.("ready");
  process.on("disconnect", () => {
    host[Symbol.dispose]();
    process.exitCode = Object.values(live()).every((count) => count === 0) ? 0 : 1;
  });
} else await main().then(() => console.log(JSON.stringify(live())));
