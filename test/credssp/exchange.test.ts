import { describe, expect, it } from "vitest";
import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import { CredsspError } from "../../src/credssp/credssp-error.ts";
import { decodeRequest, encodeRequest, type TsRequest } from "../../src/credssp/ts-request.ts";
import { failure } from "../../src/status/index.ts";
import {
  clientExchange,
  clientLegs,
  converse,
  key,
  player,
  ScriptedChannel,
  serverExchange,
  serverLegs,
} from "./exchange-ends.ts";
import { refusalOf } from "./refusal-of.ts";

const versions = [2, 3, 4, 5, 6] as const;
const token = Buffer.from("token");

/** A message with some fields changed. */
function changed(message: Buffer, change: (request: TsRequest) => Partial<TsRequest>): Buffer {
  const request = decodeRequest(message);
  return encodeRequest({ ...request, ...change(request) });
}

/** Whether either side was sent credentials. */
function handsOver(messages: readonly Buffer[]): boolean {
  return messages.some((message) => decodeRequest(message).authInfo !== undefined);
}

describe.each(versions)("an exchange of version %i", (version) => {
  it("gives the server what the client delegates", () => {
    const { delegated, messages } = converse(clientExchange({ version }), serverExchange({ version }));
    expect(delegated).toMatchObject({ domain: "EXAMPLE", user: "alice" });
    expect(messages.map((message) => Object.keys(decodeRequest(message)).slice(1))).toEqual([
      ["negoToken"],
      ["negoToken"],
      version >= 5 ? ["negoToken", "pubKeyAuth", "clientNonce"] : ["negoToken", "pubKeyAuth"],
      ["pubKeyAuth"],
      ["authInfo"],
    ]);
    expect(messages.every((message) => decodeRequest(message).version === version)).toBe(true);
  });

  it("N3: a client whose server has another key sends no credentials: SEC_E_MESSAGE_ALTERED", () => {
    const { messages, error } = converse(
      clientExchange({ version }),
      serverExchange({ version, key: Buffer.from("the key of somebody in the middle") }),
    );
    expect(error?.code).toBe("SEC_E_MESSAGE_ALTERED");
    expect(handsOver(messages)).toBe(false);
  });

  it("N3: a client sends no credentials when any byte of the server's proof is changed", () => {
    const proof = converse(clientExchange({ version }), serverExchange({ version })).messages[3] as Buffer;
    const { length } = decodeRequest(proof).pubKeyAuth as Uint8Array;
    for (let at = 0; at < length; at += 1) {
      const { messages, error, by } = converse(
        clientExchange({ version }),
        serverExchange({ version }),
        (message, number) =>
          number !== 3
            ? message
            : changed(message, ({ pubKeyAuth = Buffer.alloc(0) }) => {
                const bytes = Buffer.from(pubKeyAuth);
                bytes[at] = (bytes[at] as number) ^ 1;
                return { pubKeyAuth: bytes };
              }),
      );
      expect([error?.code, by, handsOver(messages)]).toEqual(["SEC_E_MESSAGE_ALTERED", "client", false]);
    }
  });

  it("N3: a client does not take its own message for the server's", () => {
    const play = player(clientExchange({ version }).run(), clientLegs());
    play();
    const { request } = play(encodeRequest({ version, negoToken: token }));
    expect(refusalOf(() => play(request)).code).toBe("SEC_E_MESSAGE_ALTERED");
  });
});

describe("versions of an exchange", () => {
  it.each(versions.filter((version) => version < 5))(
    "N1: %i is refused by both sides unless minimumVersion allows it",
    (version) => {
      const client = player(clientExchange({ minimumVersion: 5 }).run(), clientLegs());
      client();
      expect(refusalOf(() => client(encodeRequest({ version, negoToken: token }))).code).toBe(
        "SEC_E_UNSUPPORTED_FUNCTION",
      );
      const server = player(serverExchange({ minimumVersion: 5 }).run(), serverLegs());
      server();
      expect(refusalOf(() => server(encodeRequest({ version, negoToken: token }))).code).toBe(
        "SEC_E_UNSUPPORTED_FUNCTION",
      );
    },
  );

  it("N1: 0 and 1 are refused whatever minimumVersion says", () => {
    for (const version of [0, 1]) {
      const play = player(serverExchange({ minimumVersion: 2 }).run(), serverLegs());
      play();
      expect(refusalOf(() => play(encodeRequest({ version, negoToken: token }))).code).toBe(
        "SEC_E_UNSUPPORTED_FUNCTION",
      );
    }
  });

  it("above the newest known one are treated as the newest known one", () => {
    const exchange = serverExchange();
    const play = player(exchange.run(), serverLegs());
    play();
    play(encodeRequest({ version: 9, negoToken: token }));
    expect(exchange.version).toBe(6);
  });

  it.each([1, 2, 3, 4])("N2: that change in message %i are refused: SEC_E_MESSAGE_ALTERED", (number) => {
    // The first message of each side cannot contradict itself.
    const { error, messages, by } = converse(clientExchange(), serverExchange(), (message, at) =>
      at === number
        ? changed(message, () => ({ version: at === 1 ? 6 : 5 }))
        : at === 1 && number === 1
          ? message
          : message,
    );
    if (number === 1) expect(error).toBeUndefined();
    else {
      expect([error?.code, by]).toEqual(["SEC_E_MESSAGE_ALTERED", number % 2 === 1 ? "client" : "server"]);
      if (number < 4) expect(handsOver(messages)).toBe(false);
    }
  });
});

describe("the nonce of an exchange", () => {
  it("N4: is 32 random bytes for each connection", () => {
    const nonces = Array.from({ length: 3 }, () => {
      const { messages } = converse(clientExchange(), serverExchange());
      return Buffer.from(decodeRequest(messages[2] as Buffer).clientNonce as Uint8Array);
    });
    expect(nonces.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(nonces.map((nonce) => nonce.toString("hex"))).size).toBe(3);
  });

  it.each([
    ["missing", undefined],
    ["31 bytes long", Buffer.alloc(31)],
    ["33 bytes long", Buffer.alloc(33)],
  ])("N4: is refused by a server when it is %s: SEC_E_INVALID_TOKEN", (_, clientNonce) => {
    for (const version of [5, 6]) {
      const { error, by } = converse(clientExchange({ version }), serverExchange({ version }), (message, number) =>
        number === 2 ? changed(message, () => ({ clientNonce }) as Partial<TsRequest>) : message,
      );
      expect([error?.code, by]).toEqual(["SEC_E_INVALID_TOKEN", "server"]);
    }
  });

  it("N4: is the client's own when a server sends another", () => {
    const { delegated } = converse(clientExchange(), serverExchange(), (message, number) =>
      number === 3 ? changed(message, () => ({ clientNonce: Buffer.alloc(32) })) : message,
    );
    expect(delegated).toBeDefined();
  });
});

describe("the order of an exchange", () => {
  const pubKeyAuth = Buffer.from("sealed");
  const negoToken = token;

  it.each([
    ["a key before the logon is complete", [{ negoToken, pubKeyAuth }], "SEC_E_OUT_OF_SEQUENCE"],
    ["a key and nothing else", [{ pubKeyAuth }], "SEC_E_OUT_OF_SEQUENCE"],
    ["credentials first", [{ authInfo: token }], "SEC_E_OUT_OF_SEQUENCE"],
    ["credentials after the logon", [{ negoToken }, { negoToken, authInfo: token }], "SEC_E_OUT_OF_SEQUENCE"],
    ["a token after the logon", [{ negoToken }, { negoToken }, { negoToken }], "SEC_E_OUT_OF_SEQUENCE"],
    ["nothing", [{}], "SEC_E_INVALID_TOKEN"],
    ["nothing after the logon", [{ negoToken }, { negoToken }, {}], "SEC_E_INVALID_TOKEN"],
  ])("N11: a server refuses %s", (_, messages: readonly Omit<TsRequest, "version">[], code) => {
    const play = player(serverExchange().run(), serverLegs());
    play();
    const all = messages.map((message) => encodeRequest({ version: 6, ...message }));
    const last = all.pop() as Buffer;
    for (const message of all) play(message);
    expect(refusalOf(() => play(last)).code).toBe(code);
  });

  it.each([
    ["a token in place of the credentials", { negoToken }, "SEC_E_OUT_OF_SEQUENCE"],
    ["another key", { pubKeyAuth, authInfo: token }, "SEC_E_OUT_OF_SEQUENCE"],
    ["no credentials", {}, "SEC_E_INVALID_TOKEN"],
    [
      "credentials that are no TSCredentials",
      { authInfo: new ScriptedChannel("client").seal(token) },
      "SEC_E_INVALID_TOKEN",
    ],
  ])("N11: a server that has shown its key refuses %s", (_, fields: Omit<TsRequest, "version">, code) => {
    const { error } = converse(clientExchange(), serverExchange(), (message, number) =>
      number === 4 ? encodeRequest({ version: 6, ...fields }) : message,
    );
    expect(error?.code).toBe(code);
  });

  it.each([
    ["a key before the logon is complete", { negoToken, pubKeyAuth }, "SEC_E_OUT_OF_SEQUENCE"],
    ["no token", {}, "SEC_E_INVALID_TOKEN"],
  ])("N11: a client refuses %s", (_, fields: Omit<TsRequest, "version">, code) => {
    const play = player(clientExchange().run(), clientLegs());
    play();
    expect(refusalOf(() => play(encodeRequest({ version: 6, ...fields }))).code).toBe(code);
  });

  it("a token that is repeated beside the server's proof is ignored", () => {
    const { delegated } = converse(clientExchange(), serverExchange(), (message, number) =>
      number === 3 ? changed(message, () => ({ negoToken })) : message,
    );
    expect(delegated).toBeDefined();
  });

  it("N10: a peer that has sent 20 messages gets no more: SEC_E_INVALID_TOKEN", () => {
    const legs = Array.from({ length: 30 }, () => ({ complete: false, token }));
    const play = player(serverExchange().run(), legs);
    play();
    const message = encodeRequest({ version: 6, negoToken: token });
    for (let number = 0; number < 20; number += 1) play(message);
    expect(refusalOf(() => play(message)).message).toContain("more than 20 messages");
  });
});

describe("statuses in an exchange", () => {
  it.each([
    [2, false],
    [3, true],
    [4, true],
    [5, false],
    [6, true],
  ] as const)("N12: a client of version %i receives a status: %s", (version, told) => {
    const server = serverExchange();
    const { error } = converse(clientExchange({ version }), server, (message, number) =>
      number === 2 ? changed(message, () => ({ pubKeyAuth: Buffer.from("x") })) : message,
    );
    const refusal = server.refusal(error as never);
    if (!told) expect(refusal).toBeUndefined();
    else expect(decodeRequest(refusal as Buffer)).toEqual({ version: 6, errorCode: 0x8009030f });
  });

  it("N12: a client that has not shown the account's key learns only that its logon failed", () => {
    const said = failure({ operation: "AcceptSecurityContext", status: SEC_E_INTERNAL_ERROR });
    const error = new CredsspError("SEC_E_INTERNAL_ERROR", "what the package says", { cause: said });
    const server = serverExchange();
    const toldBy = (): unknown => decodeRequest(server.refusal(error) as Buffer).errorCode;
    const told: unknown[] = [];
    converse(clientExchange(), server, (message, number) => {
      if (number === 1 || number === 3) told.push(toldBy());
      return message;
    });
    expect(told).toEqual([0xc000006d, SEC_E_INTERNAL_ERROR >>> 0]);
  });

  it.each([
    [0xc000006d, "SEC_E_LOGON_DENIED"],
    [0xc0000071, "SEC_E_LOGON_DENIED"],
    [0xc0000072, "SEC_E_LOGON_DENIED"],
    [0xc0000224, "SEC_E_LOGON_DENIED"],
    [0x8009030f, "SEC_E_MESSAGE_ALTERED"],
    // FreeRDP's.
    [0xc00700ea, "SEC_E_LOGON_DENIED"],
    [1, "SEC_E_LOGON_DENIED"],
  ])("N12: %i is a refusal whatever is beside it, and its number is kept: %s", (errorCode, code) => {
    const play = player(clientExchange().run(), clientLegs());
    play();
    const refusal = refusalOf(() =>
      play(encodeRequest({ version: 6, negoToken: token, pubKeyAuth: token, errorCode })),
    );
    expect([refusal.code, refusal.errorCode]).toEqual([code, errorCode]);
    expect(refusal.message).toContain(errorCode.toString(16));
  });

  it("N12: a status of another version comes first, so that old servers are distinguished from refusals", () => {
    const play = player(clientExchange({ minimumVersion: 5 }).run(), clientLegs());
    play();
    expect(refusalOf(() => play(encodeRequest({ version: 4, errorCode: 0xc000006d }))).errorCode).toBe(0xc000006d);
  });
});

it("a client that is complete before it knows the server's version asks for it first", () => {
  const play = player(clientExchange().run(), [{ complete: true, token }]);
  const first = decodeRequest(play().request as Buffer);
  expect([first.negoToken && Buffer.from(first.negoToken), first.pubKeyAuth]).toEqual([token, undefined]);
  const second = decodeRequest(play(encodeRequest({ version: 6 })).request as Buffer);
  expect(Object.keys(second)).toEqual(["version", "pubKeyAuth", "clientNonce"]);
  expect(key.length).toBeGreaterThan(0);
});
