import { describe, expect, it } from "vitest";
import { ClientContext, Credential, type SspiError } from "../../src/index.ts";
import { PackageError } from "../../src/packages.ts";
import { hosted } from "./hosted.ts";
import { testPackage } from "./test-package.ts";

describe("concurrent failing calls of a hosted package", () => {
  it("C4 step(): each error has the cause of its own call", async () => {
    let number = 0;
    const initContext = (): never => {
      number += 1;
      throw new PackageError("STATUS_WRONG_PASSWORD", { message: `refusal ${number}` });
    };
    const { provider } = hosted(testPackage({ initContext }));
    const identity = { user: "alice", password: "userpw" };
    using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider, identity });
    const clients = Array.from({ length: 5 }, () => new ClientContext(credential));
    const errors = await Promise.all(clients.map((client) => client.step().catch((error: SspiError) => error)));
    expect(errors.map(saidBy)).toEqual([1, 2, 3, 4, 5].map((call) => `refusal ${call}`));
  });

  it("C4 acquire(): each error has the cause of its own call", async () => {
    const acquireCredentials = ({ identity }: { identity?: { user?: string } }): never => {
      throw new PackageError("STATUS_WRONG_PASSWORD", { message: `not ${identity?.user}` });
    };
    const { provider } = hosted(testPackage({ acquireCredentials: acquireCredentials as never }));
    const errors = await Promise.all(
      ["alice", "bob"].map((user) =>
        Credential.acquire({ package: "Test", use: "outbound", provider, identity: { user, password: "x" } }).catch(
          (error: SspiError) => error,
        ),
      ),
    );
    expect(errors.map(saidBy)).toEqual(["not alice", "not bob"]);
  });
});

/** What the package threw. */
function saidBy(error: unknown): string | undefined {
  return ((error as SspiError).cause as Error | undefined)?.cause instanceof Error
    ? (((error as SspiError).cause as Error).cause as Error).message
    : undefined;
}
