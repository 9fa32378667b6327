import { describe, expect, it } from "vitest";
import { ASC_RET, ISC_RET } from "../../generated/sspi/constants.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_OK } from "../../generated/status/constants.ts";
import { type ClientContext, MessageStyleError, ServerContext } from "../../src/index.ts";
import { complete, inbound, scripted } from "../scripted/scripted.ts";
import type { Script } from "../scripted/scripted-script.ts";
import { recordPackage } from "./records.ts";

const records = { header: 13, trailer: 36, maximum: 100 };
const { encrypt, decrypt } = recordPackage(records);

/** A client whose context has these flags. */
function granted(attributes: number | undefined, script: Script): ClientContext {
  const leg = { status: SEC_E_OK, ...(attributes !== undefined && { attributes }) };
  return complete(scripted({ legs: [leg], encrypt: () => SEC_E_OK, ...script }));
}

function isStream(client: ClientContext): boolean {
  try {
    client.decryptStream(Buffer.alloc(0));
    return true;
  } catch (error) {
    if (error instanceof MessageStyleError) return false;
    throw error;
  }
}

describe("a context is a stream", () => {
  it.each([undefined, 0, ISC_RET.stream, ISC_RET.confidentiality])(
    "where the package answers the sizes of one and no other, whatever its flags: %s",
    (attributes) => {
      using client = granted(attributes, { sizes: false, streamSizes: records });
      expect(isStream(client)).toBe(true);
    },
  );

  it.each([
    ["granted as one, of a package of streams", ISC_RET.stream, true, true],
    ["of a package of streams, flags unknown", undefined, true, true],
    ["of a package of streams, granted as something else", ISC_RET.connection, true, false],
    ["granted as one, of a package of messages", ISC_RET.stream, false, false],
    ["of a package of messages, flags unknown", undefined, false, false],
  ] as const)("where the package answers both sizes: %s", (_, attributes, handlesStreams, expected) => {
    using client = granted(attributes, { streamSizes: records, handlesStreams });
    expect(isStream(client)).toBe(expected);
  });

  it("on the server's side as well", () => {
    const script = { encrypt: () => SEC_E_OK, streamSizes: records, handlesStreams: true };
    const sspi = scripted({ legs: [{ status: SEC_E_OK, attributes: ASC_RET.stream }], ...script });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("hello"));
    expect(server.decryptStream(Buffer.alloc(0)).status).toBe("incomplete-message");
  });

  it("not where the package answers no sizes: its error is that of the first question", () => {
    using client = granted(undefined, { sizes: false });
    expect(() => client.encrypt(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "QueryContextAttributesW" }),
    );
    using broken = granted(undefined, { contextAttributes: () => SEC_E_INVALID_HANDLE });
    expect(() => broken.encrypt(Buffer.alloc(1))).toThrow(expect.objectContaining({ code: "SEC_E_INVALID_HANDLE" }));
  });

  it("has neither tokens nor messages in place: that is refused before the package is called", () => {
    const sspi = scripted({ sizes: false, streamSizes: records, encrypt: () => SEC_E_OK, decrypt: () => SEC_E_OK });
    using client = complete(sspi);
    expect(() => client.decrypt(Buffer.alloc(90))).toThrow(
      "decrypt: the context is a stream of records; use decryptStream()",
    );
    expect(() => client.encryptInPlace(Buffer.alloc(90), Buffer.alloc(1))).toThrow(MessageStyleError);
    expect(() => client.decryptInPlace(Buffer.alloc(90), Buffer.alloc(1))).toThrow(MessageStyleError);
    expect(sspi.calls.filter((name) => name.endsWith("Message"))).toEqual([]);
  });

  it("is asked for its sizes once", () => {
    const sspi = scripted(recordPackage(records));
    using client = complete(sspi);
    for (let turn = 0; turn < 3; turn += 1) client.decryptStream(client.encrypt(Buffer.from("m")));
    expect(sspi.count("QueryContextAttributesW")).toBe(2);
  });
});

describe("a context of datagrams", () => {
  it("makes one record of a message, and splits none", () => {
    const sspi = scripted({
      legs: [{ status: SEC_E_OK, attributes: ISC_RET.datagram }],
      sizes: false,
      streamSizes: records,
      ...(encrypt && { encrypt }),
      ...(decrypt && { decrypt }),
    });
    using client = complete(sspi);
    const record = client.encrypt(Buffer.alloc(100, "d"));
    expect(client.decryptStream(record)).toMatchObject({ status: "data", data: Buffer.alloc(100, "d") });
    expect(() => client.encrypt(Buffer.alloc(101))).toThrow(
      new RangeError("message: expected at most 100 bytes, as many as one datagram holds, got 101"),
    );
    expect(sspi.count("EncryptMessage")).toBe(1);
  });
});
