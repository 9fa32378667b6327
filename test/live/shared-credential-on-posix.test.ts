import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ClientContext, Credential, live, type SecurityProvider, ServerContext, SspiError } from "../../src/index.ts";
import { noteProvider } from "../report/tested-on.ts";
import { alice, providers, samFile } from "./providers.ts";

const logons = 400;
const users = [
  { user: "alice", password: alice.password, accepted: true },
  { user: "bob", password: alice.password, accepted: true },
  { user: "alice", password: "wrong", accepted: false },
] as const;

type User = (typeof users)[number];

/** One connection of a server: the user who tries to log on, and the progress. */
interface Connection {
  readonly user: User;
  readonly client: ClientContext;
  readonly server: ServerContext;
  token: Buffer | undefined;
  outcome: string;
}

/** Numbers that look random and are the same in every run. */
function shuffled<T>(list: readonly T[]): T[] {
  let state = 1;
  const keyed = list.map((item) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return [state, item] as const;
  });
  return keyed.sort(([one], [other]) => one - other).map(([, item]) => item);
}

const separate = providers.filter(({ kind }) => kind === "winpr");

describe.each(separate.map((provider) => ({ provider, label: provider.label })))(
  "contexts of one inbound NTLM credential on $label",
  ({ provider }) => {
    const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-sam-"));
    const sam = join(folder, "sam");
    beforeAll(() => {
      const line =
        readFileSync(samFile, "utf8")
          .split("\n")
          .find((text) => text.startsWith("alice:")) ?? "";
      writeFileSync(sam, `${line}\n${line.replace("alice:", "bob:")}\n`, { mode: 0o600 });
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    beforeEach(() => noteProvider(provider));

    const inbound = (use: "inbound" | "both" = "inbound"): Credential =>
      Credential.acquireSync({ package: "NTLM", use, provider, winpr: { samFile: sam } });

    it("B6 keep the users of 400 interleaved logons apart, and let no wrong password in", {
      timeout: 60_000,
    }, async () => {
      using house = inbound();
      const connections = connect(provider, house);
      for (const one of shuffled(connections)) one.token = (await one.server.step(begun(one))).token;
      for (const one of shuffled(connections)) one.token = (await one.client.step(one.token)).token;
      await Promise.all(shuffled(connections).map(finish));
      const expected = connections.map(({ user }) => (user.accepted ? user.user : "SEC_E_MESSAGE_ALTERED"));
      // The name that each context reported when it was complete, and the one that it reports after all the others.
      expect(connections.map(({ outcome }) => outcome)).toEqual(expected);
      expect(connections.filter(({ server }) => server.complete).map(({ server }) => server.peer().account)).toEqual(
        expected.filter((name) => !name.startsWith("SEC_")),
      );
      expect(connections.filter(({ user }) => user.accepted).length).toBeGreaterThan(200);
      for (const { client, server } of connections) {
        client.close();
        server.close();
      }
    });

    it("B6 count their native credentials, and outlive the Credential that they were made with", () => {
      const house = inbound("both");
      using client = clientOf(provider, users[0]);
      const server = new ServerContext(house, { request: ["confidentiality"] });
      expect(live().credentials).toBe(2);
      const challenge = server.stepSync(client.stepSync().token as Buffer).token;
      expect(live().credentials).toBe(3);
      house.close();
      server.stepSync(client.stepSync(challenge).token as Buffer);
      expect(server.peer().account).toBe("alice");
      server.close();
      expect(live().credentials).toBe(1);
    });

    it.each(["inbound", "both"] as const)(
      "B6 take no password of their own, which would have to be kept: %s",
      (use) => {
        const acquire = (): unknown => Credential.acquireSync({ package: "NTLM", use, identity: alice, provider });
        expect(acquire).toThrow(/^identity: a server of NTLM takes none on /);
      },
    );
  },
);

function clientOf(provider: SecurityProvider, { user, password }: User): ClientContext {
  using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: { user, password }, provider });
  return new ClientContext(outbound, { request: ["confidentiality"] });
}

function connect(provider: SecurityProvider, house: Credential): Connection[] {
  return Array.from({ length: logons }, (_, index) => {
    const user = users[index % users.length] as User;
    const server = new ServerContext(house, { request: ["confidentiality"] });
    return { user, client: clientOf(provider, user), server, token: undefined, outcome: "" };
  });
}

function begun({ client }: Connection): Buffer {
  return client.stepSync().token as Buffer;
}

async function finish(connection: Connection): Promise<void> {
  const { server, token } = connection;
  try {
    await server.step(token as Buffer);
    connection.outcome = server.peer().account;
  } catch (error) {
    if (!(error instanceof SspiError)) throw error;
    connection.outcome = error.code;
  }
}
