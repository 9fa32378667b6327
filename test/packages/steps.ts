import { ClientContext, Credential, importContext, packages, ServerContext } from "../../src/index.ts";
import type { PackageHost } from "../../src/packages.ts";

/** A hosted package, and the principal of its clients. */
export interface Stage {
  readonly host: PackageHost;
  readonly name: string;
  readonly principal?: string;
}

/** Owns the credentials and contexts that one step makes, and closes them. */
export class World implements Disposable {
  readonly #stage: Stage;
  readonly #made: { close(): void }[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get host(): PackageHost {
    return this.#stage.host;
  }

  get name(): string {
    return this.#stage.name;
  }

  keep<T extends { close(): void }>(made: T): T {
    this.#made.push(made);
    return made;
  }

  credential(use: "inbound" | "outbound"): Credential {
    const { host, name, principal } = this.#stage;
    const who = principal !== undefined && use === "outbound" ? { principal } : {};
    return this.keep(Credential.acquireSync({ package: name, use, provider: host.provider, ...who }));
  }

  client(allocates = false): ClientContext {
    const request = allocates ? (["allocateMemory"] as const) : [];
    return this.keep(new ClientContext(this.credential("outbound"), { target: "x", request }));
  }

  server(allocates = false): ServerContext {
    const request = allocates ? (["allocateMemory"] as const) : [];
    return this.keep(new ServerContext(this.credential("inbound"), { request }));
  }

  /** Both sides of a completed exchange. */
  pair(): { readonly client: ClientContext; readonly server: ServerContext } {
    const [client, server] = [this.client(), this.server()];
    let leg = client.stepSync();
    while (leg.token && leg.token.length > 0 && !server.complete) {
      leg = server.stepSync(leg.token);
      if (leg.token && leg.token.length > 0 && !client.complete) leg = client.stepSync(leg.token);
    }
    return { client, server };
  }

  close(): void {
    for (const made of this.#made.splice(0).reverse()) made.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** One call of the public interface: `prepare` makes what the call needs and returns the call. */
export interface Step {
  readonly name: string;
  /** The package's entries that the call reaches, in order. */
  readonly entries: readonly string[];
  /** Whether the call can be repeated after it failed; a leg cannot. */
  readonly again: boolean;
  prepare(world: World): () => unknown;
}

const message = Buffer.from("a message");

function step(name: string, entries: readonly string[], prepare: Step["prepare"], again = true): Step {
  return { name, entries, again, prepare };
}

function legs(allocates: boolean): Step[] {
  const how = allocates ? ", allocated" : "";
  const first = step(`the client's first leg${how}`, ["InitLsaModeContext"], (world) => {
    const client = world.client(allocates);
    return () => client.stepSync();
  });
  const second = step(`the server's leg${how}`, ["AcceptLsaModeContext", "InitUserModeContext"], (world) => {
    const [client, server] = [world.client(), world.server(allocates)];
    const hello = client.stepSync().token as Buffer;
    return () => server.stepSync(hello);
  });
  const third = step(`the client's second leg${how}`, ["InitLsaModeContext", "InitUserModeContext"], (world) => {
    const [client, server] = [world.client(allocates), world.server()];
    const answer = server.stepSync(client.stepSync().token as Buffer).token as Buffer;
    return () => client.stepSync(answer);
  });
  return [first, second, third].map((leg) => ({ ...leg, again: false }));
}

const messages: readonly Step[] = [
  step("sign", ["MakeSignature"], (world) => {
    const { client } = world.pair();
    return () => client.sign(message);
  }),
  step("verify", ["VerifySignature"], (world) => {
    const { client, server } = world.pair();
    const signature = client.sign(message);
    return () => server.verify(message, signature);
  }),
  step("encrypt", ["SealMessage"], (world) => {
    const { client } = world.pair();
    return () => client.encrypt(message);
  }),
  step("decrypt", ["UnsealMessage"], (world) => {
    const { client, server } = world.pair();
    const sealed = client.encrypt(message);
    return () => server.decrypt(sealed);
  }),
];

/** Every call that reaches a package, from packages() to an import and callPackage(). */
export const steps: readonly Step[] = [
  step(
    "the list of packages",
    [],
    ({ host }) =>
      () =>
        packages(host.provider),
  ),
  step("acquiring credentials", ["AcquireCredentialsHandle"], (world) => () => world.credential("outbound")),
  ...legs(false),
  ...legs(true),
  ...messages,
  step("a query of names", ["QueryContextAttributes"], (world) => {
    const { server } = world.pair();
    return () => server.query("names");
  }),
  step("the access token", ["GetContextToken"], (world) => {
    const { server } = world.pair();
    return () => world.keep(server.accessToken());
  }),
  ...[false, true].map((deleteOld) =>
    step(`an export with its token${deleteOld ? " and without its old context" : ""}`, ["ExportContext"], (world) => {
      const { client } = world.pair();
      return () => world.keep(client.export({ deleteOld, withToken: true }).token as { close(): void });
    }),
  ),
  step("an import", ["ImportContext"], (world) => {
    const { packed } = world.pair().client.export({ deleteOld: true });
    const { name, host } = world;
    return () => world.keep(importContext({ package: name, packed, provider: host.provider }));
  }),
  step(
    "a message to the package",
    ["CallPackage"],
    ({ host, name }) =>
      () =>
        host.callPackage(name, message),
  ),
];
