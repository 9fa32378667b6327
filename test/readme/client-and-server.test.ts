import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type CredentialOptions, gssapiProvider } from "../../src/index.ts";
import { embeddedHost, embeddedPackage, type PackageHost } from "../../src/packages.ts";
import { root } from "../architecture/source-files.ts";
import { freshTickets } from "../live/kerberos.ts";
import { alice, ntlmFacts, providers } from "../live/providers.ts";
import { codeBlocks } from "./code-blocks.ts";

type Stage = Omit<CredentialOptions, "use">;
interface Stages {
  readonly client: Stage;
  readonly server: Stage;
  readonly accepts?: { readonly acceptUnknown: readonly string[] };
}
declare global {
  /** The credential options that replace the domain's user and service in the README's programs. */
  var readmeStages: Stages | undefined;
}

mkdirSync(join(root, ".cache"), { recursive: true });
const folder = mkdtempSync(join(root, ".cache/pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Replaces each block's credentials, and adds `acceptUnknown` for packages that do not report the agreed flags. */
const changes = (side: keyof Stages) =>
  [
    ['{ package: "Negotiate", use: ', `{ ...globalThis.readmeStages.${side}, use: `],
    [' target: "HTTP/intranet.example",', ' target: "HTTP/localhost", ...globalThis.readmeStages.accepts,'],
  ] as const;

/** Imports the README's block that contains `part`, with the test's credentials. */
async function moduleOf<M>(part: string, side: keyof Stages): Promise<M> {
  const text = codeBlocks("README.md").find((block) => block.kind === "js" && block.text.includes(part))?.text ?? "";
  expect(text).toContain(changes(side)[0][0]);
  const file = join(folder, `${side}.mjs`);
  writeFileSync(
    file,
    changes(side).reduce((so, [from, to]) => so.replace(from, to), text),
  );
  return import(file);
}

const { logOn } = await moduleOf<{
  logOn(exchange: (token: Buffer) => Promise<Buffer>): Promise<Buffer>;
}>("new ClientContext", "client");
const { accept } = await moduleOf<{
  accept(receive: () => Promise<Buffer>, send: (token: Buffer) => Promise<void>): Promise<string>;
}>("new ServerContext", "server");

/** One direction of a connection, which delivers tokens in order, as a socket does. */
class Pipe {
  readonly #waiting: ((token: Buffer | Promise<never>) => void)[] = [];
  readonly #sent: Buffer[] = [];

  readonly send = async (token: Buffer): Promise<void> => {
    const next = this.#waiting.shift();
    if (next) next(token);
    else this.#sent.push(token);
  };

  readonly fail = (error: unknown): void => {
    for (const next of this.#waiting.splice(0)) next(Promise.reject(error));
  };

  readonly receive = (): Promise<Buffer> => {
    const token = this.#sent.shift();
    return token ? Promise.resolve(token) : new Promise((resolve) => this.#waiting.push(resolve));
  };
}

/** Runs the README's client and server, and returns the client's name as the server reports it. */
async function greeted(stages: Stages): Promise<string> {
  globalThis.readmeStages = stages;
  const [up, down] = [new Pipe(), new Pipe()];
  const server = accept(up.receive, down.send);
  // The server sends no answer to the last token.
  const client = logOn(async (token) => {
    await up.send(token);
    return Promise.race([down.receive(), server.then(() => Buffer.alloc(0))]);
  });
  client.catch(up.fail);
  const [name, message] = await Promise.all([server, client]);
  expect(message.length).toBeGreaterThan("hello".length);
  return name;
}

describe("the README's client and server, in plain JavaScript", () => {
  it.each(providers.map((provider) => ({ provider, label: provider.label })))(
    "authenticate each other by NTLM of $label",
    async ({ provider }) => {
      const common = { package: "NTLM", provider };
      const client = { ...common, identity: alice };
      const accepts = { acceptUnknown: ["confidentiality"] };
      expect(await greeted({ client, server: { ...common, ...ntlmFacts(provider).server }, accepts })).toMatch(
        /\balice$/,
      );
    },
  );

  it("authenticate each other by the embedded package, without an SSPI library", async () => {
    const host: PackageHost = embeddedHost({ keys: { alice: Buffer.alloc(32, 7) } });
    const common = { package: embeddedPackage, provider: host.provider };
    expect(await greeted({ client: { ...common, principal: "alice" }, server: common })).toBe("alice");
    host.close();
  });
});

describe("the README's client and server, in a realm", () => {
  freshTickets();

  it("authenticate each other by Negotiate of the system's GSSAPI", async () => {
    const common = { package: "Negotiate", provider: gssapiProvider() };
    expect(await greeted({ client: common, server: common })).toBe("alice@EXAMPLE.TEST");
  });

  it("authenticate each other by Negotiate with the default provider, as in the README", async () => {
    const common = { package: "Negotiate" };
    expect(await greeted({ client: common, server: common })).toBe("alice@EXAMPLE.TEST");
  });
});
