import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GetTokenInformation } from "../../generated/base/functions.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { TOKEN_INFORMATION_CLASS } from "../../generated/winnt/constants.ts";
import { SID_AND_ATTRIBUTES, TOKEN_GROUPS } from "../../generated/winnt/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { AccessToken, AccessTokenError, live, openTokenIn, ServerContext } from "../../src/index.ts";
import {
  accountOfSid,
  isTokenMember,
  type TokenInformation,
  tokenInformation,
} from "../../src/native/access-tokens.ts";
import { FunctionNotFoundError } from "../../src/native/function-not-found.ts";
import { duplicateHandleInto } from "../../src/native/windows-handles.ts";
import { sidBytes } from "../../src/values/index.ts";
import { nothingLive } from "../nothing-live.ts";
import { inbound, scripted } from "../scripted/scripted.ts";

// The setup file has loaded the real modules already; the modules imported here have to use the mocks.
vi.hoisted(() => vi.resetModules());
vi.mock("../../src/native/access-tokens.ts", { spy: true });
vi.mock("../../src/native/windows-handles.ts", { spy: true });

const system = vi.mocked(tokenInformation);
const names = vi.mocked(accountOfSid);
const members = vi.mocked(isTokenMember);
beforeEach(() => void names.mockResolvedValue(undefined));
afterEach(() => {
  for (const mock of [system, names, members, vi.mocked(duplicateHandleInto)]) mock.mockReset();
  expect(live()).toEqual(nothingLive);
});

const base = 0x7000_0000;
const { size } = SID_AND_ATTRIBUTES.layouts[hostAbi];
const firstGroup = TOKEN_GROUPS.layouts[hostAbi].size - size;

/** Runs `work` with the token of a scripted package's client, whose handle the mocked system knows. */
async function withToken<T>(work: (token: AccessToken) => T | Promise<T>): Promise<T> {
  using credential = inbound(scripted({ legs: [{ status: SEC_E_OK }] }));
  using server = new ServerContext(credential);
  server.stepSync(Buffer.from("hello"));
  using token = server.accessToken();
  return await work(token);
}

interface Entry {
  readonly Sid: bigint;
  readonly Attributes?: number;
}

/** A token's information: entries from `at` on, then bytes to which they point. */
function information(at: number, entries: readonly Entry[], behind: Uint8Array): TokenInformation {
  const head = at + entries.length * size;
  const bytes = new Uint8Array(head + behind.length);
  entries.forEach((entry, index) => {
    SID_AND_ATTRIBUTES.write(new DataView(bytes.buffer), entry, at + index * size);
  });
  bytes.set(behind, head);
  return { bytes, base };
}

const userWith = (Sid: bigint, behind: Uint8Array): TokenInformation => information(0, [{ Sid }], behind);

/** TOKEN_GROUPS with a count that may lie. */
function groupsOf(sids: readonly string[], attributes: number, count = sids.length): TokenInformation {
  const bytes = sids.map((sid) => sidBytes(sid, "sid"));
  const start = BigInt(base + firstGroup + sids.length * size);
  let before = 0n;
  const entries = bytes.map(({ length }) => {
    const Sid = start + before;
    before += BigInt(length);
    return { Sid, Attributes: attributes };
  });
  const found = information(firstGroup, entries, Buffer.concat(bytes));
  new DataView(found.bytes.buffer).setUint32(0, count, true);
  return found;
}

const alice = "S-1-5-21-1-2-3-1103";
const aliceBytes = sidBytes(alice, "sid");

describe("AccessToken.user()", () => {
  it("asks for the user of its own handle, and names the account of the identifier", async () => {
    system.mockReturnValue(userWith(BigInt(base + size), aliceBytes));
    names.mockResolvedValue({ domain: "EXAMPLE", account: "alice" });
    await withToken(async (token) => {
      expect(await token.user()).toEqual({ sid: alice, name: "EXAMPLE\\alice" });
      expect(system.mock.calls).toEqual([[token.value, TOKEN_INFORMATION_CLASS.TokenUser]]);
    });
    expect(names.mock.calls).toEqual([[aliceBytes]]);
  });

  it.each([
    ["an account without a domain", { domain: "", account: "Everyone" }, { sid: alice, name: "Everyone" }],
    ["an account without a name", { domain: "EXAMPLE", account: "" }, { sid: alice }],
    ["an identifier that the system does not know", undefined, { sid: alice }],
  ])("has a name or none: %s", async (_, found, expected) => {
    system.mockReturnValue(userWith(BigInt(base + size), aliceBytes));
    names.mockResolvedValue(found);
    expect(await withToken((token) => token.user())).toStrictEqual(expected);
  });

  it("is an error wherever the identifier is not completely inside what the system wrote", async () => {
    const whole = base + size;
    const noise = fc.uint8Array({ maxLength: 40 });
    const pointer = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.constant(-base), fc.constant(2 ** 40));
    await withToken((token) =>
      fc.assert(
        fc.asyncProperty(pointer, noise, async (offset, bytes) => {
          const found = userWith(BigInt(whole + offset), Buffer.concat([aliceBytes, bytes]));
          system.mockReturnValue(found);
          const at = size + offset;
          const inside = at >= 0 ? found.bytes.subarray(at) : Buffer.alloc(0);
          const length = 8 + 4 * (inside[1] ?? 0);
          const valid = inside.length >= length && inside[0] === 1 && (inside[1] as number) <= 15;
          const user = await token.user().catch((error: unknown) => error);
          if (valid) expect(user).toMatchObject({ sid: expect.stringMatching(/^S-1-/) });
          else
            expect(user).toMatchObject({
              code: "SSPI_ACCESS_TOKEN",
              operation: "GetTokenInformation",
              status: 1337,
              cause: { name: "RangeError" },
            });
        }),
        {
          examples: [
            [0, new Uint8Array()],
            [-size - aliceBytes.length, new Uint8Array()],
            [aliceBytes.length, new Uint8Array()],
          ],
        },
      ),
    );
  });

  it("is an error where the last byte of the identifier is missing", async () => {
    system.mockReturnValue(userWith(BigInt(base + size), aliceBytes.subarray(0, -1)));
    await withToken((token) => expect(token.user()).rejects.toMatchObject({ status: 1337 }));
  });

  it.each([
    [5, "the token does not allow to be asked (5)"],
    [6, "its value is no token of the system (6)"],
    [87, "it failed (87)"],
  ])("is an error with the system's code %i", async (error, message) => {
    system.mockReturnValue({ operation: "GetTokenInformation", error });
    const thrown = await withToken((token) => token.user().catch((refusal: unknown) => refusal));
    expect(thrown).toBeInstanceOf(AccessTokenError);
    expect(thrown).toMatchObject({ name: "AccessTokenError", operation: "GetTokenInformation", status: error });
    expect(thrown).toMatchObject({ message: `GetTokenInformation: ${message}` });
    expect(thrown).not.toHaveProperty("cause");
  });

  it("is an error without a code where the system has no access tokens, with the function that it lacks", async () => {
    const lacking = new FunctionNotFoundError({ ...GetTokenInformation, libraries: ["advapi32.dll"] });
    system.mockImplementation(() => {
      throw lacking;
    });
    members.mockImplementation(() => {
      throw lacking;
    });
    const message = "this system has no access tokens";
    await withToken(async (token) => {
      for (const [operation, work] of [
        ["GetTokenInformation", () => token.user()],
        ["GetTokenInformation", () => token.groups()],
        ["CheckTokenMembership", async () => token.isMember(alice)],
      ] as const)
        await expect(work()).rejects.toMatchObject({
          message: `${operation}: ${message}`,
          ...{ operation, status: 0, cause: lacking },
        });
    });
  });

  it("is the same error that the call threw, where that is no missing function", async () => {
    const broken = new Error("the call did not come back");
    system.mockImplementation(() => {
      throw broken;
    });
    await withToken((token) => expect(token.user()).rejects.toBe(broken));
  });
});

describe("AccessToken.groups()", () => {
  const some = ["S-1-1-0", "S-1-5-32-545", alice, "S-1-5-11", "S-1-18-1"];

  it("keeps the token's order, whichever name is found first, and looks up at most two at once", async () => {
    system.mockReturnValue(groupsOf(some, 7));
    let running = 0;
    let most = 0;
    const waits = [3, 1, 4, 1, 2];
    names.mockImplementation(async (sid) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = waits.shift() ?? 0; turn > 0; turn -= 1) await Promise.resolve();
      running -= 1;
      return { domain: "", account: `account of ${sid.length} bytes` };
    });
    const groups = await withToken(async (token) => {
      const found = await token.groups();
      expect(system.mock.calls).toEqual([[token.value, TOKEN_INFORMATION_CLASS.TokenGroups]]);
      return found;
    });
    expect(groups.map(({ sid }) => sid)).toEqual(some);
    expect(groups.map(({ name }) => name)).toEqual(
      some.map((sid) => `account of ${sidBytes(sid, "sid").length} bytes`),
    );
    expect(groups.map(({ attributes }) => attributes)).toEqual(
      some.map(() => ["mandatory", "enabledByDefault", "enabled"]),
    );
    expect([most, names.mock.calls.length]).toEqual([2, some.length]);
  });

  it("are none where the token has none", async () => {
    system.mockReturnValue({ bytes: new Uint8Array(firstGroup), base });
    expect(await withToken((token) => token.groups())).toEqual([]);
    expect(names).not.toHaveBeenCalled();
  });

  it("is an error where the count says that there are more groups than the system wrote", async () => {
    const room = { bytes: new Uint8Array(firstGroup + 2 * size), base };
    for (const count of [3, 0xffff_ffff]) {
      new DataView(room.bytes.buffer).setUint32(0, count, true);
      system.mockReturnValue(room);
      await withToken((token) =>
        expect(token.groups()).rejects.toMatchObject({ operation: "GetTokenInformation", status: 122 }),
      );
    }
    // Two groups fit exactly: then it is their pointers, which are NULL, that are refused.
    new DataView(room.bytes.buffer).setUint32(0, 2, true);
    await withToken((token) => expect(token.groups()).rejects.toMatchObject({ status: 1337 }));
  });

  it("is the error of a lookup that failed", async () => {
    system.mockReturnValue(groupsOf(some, 0));
    const broken = new Error("the domain controller did not answer");
    names.mockRejectedValueOnce(broken);
    await withToken((token) => expect(token.groups()).rejects.toBe(broken));
  });
});

describe("AccessToken.isMember()", () => {
  it("says what the system says of that identifier", async () => {
    await withToken((token) => {
      for (const answer of [true, false]) {
        members.mockReturnValueOnce(answer);
        expect(token.isMember(alice)).toBe(answer);
      }
      expect(members.mock.calls).toEqual(Array(2).fill([token.value, aliceBytes]));
    });
  });

  it("is an error, and not false, where the system does not say", async () => {
    members.mockReturnValue({ operation: "DuplicateToken", error: 6 });
    await withToken((token) =>
      expect(() => token.isMember(alice)).toThrow(expect.objectContaining({ operation: "DuplicateToken", status: 6 })),
    );
  });

  it("refuses what is no identifier before it asks the system", async () => {
    await withToken((token) => {
      for (const wrong of ["Everyone", "", undefined, 5])
        expect(() => token.isMember(wrong as never)).toThrow(/^sid: expected a security identifier/);
    });
    expect(members).not.toHaveBeenCalled();
  });
});

describe("openTokenIn()", () => {
  const duplicated = vi.mocked(duplicateHandleInto);

  it("returns the handle in the other process, and leaves the token its owner's", async () => {
    duplicated.mockReturnValue(0x77n);
    await withToken((token) => {
      expect(openTokenIn(4711, token)).toBe(0x77n);
      expect(duplicated.mock.calls).toEqual([[4711, token.value]]);
      expect([token.closed, live().tokens]).toEqual([false, 1]);
    });
  });

  it("is an error that names the process where that one cannot be opened", async () => {
    duplicated.mockReturnValue(undefined);
    await withToken((token) => expect(() => openTokenIn(4711, token)).toThrow(/in process 4711$/));
  });

  it("refuses wrong arguments, and a closed token, before it asks the system", async () => {
    await withToken((token) => {
      for (const wrong of [-1, 1.5, 2 ** 32, "1", undefined])
        expect(() => openTokenIn(wrong as never, token)).toThrow(/^processId: /);
      for (const wrong of [undefined, 5n, {}])
        expect(() => openTokenIn(1, wrong as never)).toThrow(/^token: expected an AccessToken/);
      token.close();
      expect(() => openTokenIn(1, token)).toThrow(/closed/);
    });
    expect(duplicated).not.toHaveBeenCalled();
  });
});

describe("AccessToken", () => {
  it("cannot be made of a value that no context gave", () => {
    const made = AccessToken as unknown as new (...args: unknown[]) => AccessToken;
    for (const args of [[], [{}, 5], [{}, "5"]]) expect(() => new made(...args)).toThrow(/use accessToken\(\)/);
    expect(live().tokens).toBe(0);
  });
});
