import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as functions from "../../generated/sspi/functions.ts";
import * as sasl from "../../generated/sspi/functions-sasl.ts";
import { SecHandle } from "../../generated/sspi/structs.ts";
import { CertFreeCertificateContext } from "../../generated/wincrypt/raw.ts";
import type { FunctionDeclaration, HandleKind, Parameter } from "../../src/ctypes/index.ts";
import { ownedHandle } from "../../src/ctypes/index.ts";
import { ClientContext, Credential, live } from "../../src/index.ts";
import { systemProvider } from "../../src/native/index.ts";
import { Marshalling } from "../../src/native/marshalling.ts";
import { embeddedHost, embeddedPackage } from "../../src/packages.ts";
import {
  DeleteSecurityContext,
  FreeContextBuffer,
  FreeCredentialsHandle,
  LsaFreeReturnBuffer,
  QueryContextAttributesW,
  SECPKG_ATTR_SIZES,
} from "../../src/raw.ts";
import { libc } from "./libc.ts";

beforeEach(() => {
  vi.stubEnv("SSPI_LIBRARY", libc);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

interface Place {
  readonly title: string;
  readonly declaration: FunctionDeclaration;
  readonly index: number;
  readonly kind: HandleKind;
}

/** Every parameter of every function that takes a credential's or a context's handle. */
const places = (Object.values({ ...functions, ...sasl }) as FunctionDeclaration[]).flatMap((declaration): Place[] =>
  declaration.parameters.flatMap(({ name, type, direction, pointsTo }, index) => {
    if (pointsTo?.() !== SecHandle || direction !== "in") return [];
    const kind = type.includes("Cred") ? "credential" : "context";
    return [{ title: `${declaration.name}, ${name}`, declaration, index, kind }];
  }),
);

/** Valid arguments for each parameter but one, which gets `given`. */
function argumentsWith(declaration: FunctionDeclaration, index: number, given: unknown): unknown[] {
  const any = ({ value }: Parameter) => (value ? 0 : 0x10_0000);
  return declaration.parameters.map((parameter, at) => (at === index ? given : any(parameter)));
}

function owner(kind: HandleKind, provider: object = systemProvider()) {
  return { [ownedHandle]: { kind, address: 0x20_0000, provider } };
}

describe("an object that owns a handle, passed to sspi-ffi/raw", () => {
  it("is tested with every function that takes a handle", () => {
    expect(places.length).toBeGreaterThan(30);
  });

  it.each(places)("is accepted by $title, unless that function releases the handle", ({ declaration, index, kind }) => {
    const pass = () => new Marshalling(declaration, argumentsWith(declaration, index, owner(kind)));
    if (declaration.releases) expect(pass).toThrow("releases its handle itself; call its close()");
    else expect(pass).not.toThrow();
  });

  it.each(places.filter(({ declaration }) => !declaration.releases))(
    "is refused by $title when it is of the other kind or of another provider",
    ({ declaration, index, kind }) => {
      const other = kind === "context" ? "credential" : "context";
      const pass = (given: object) => () => new Marshalling(declaration, argumentsWith(declaration, index, given));
      expect(pass(owner(other))).toThrow("does not fit here");
      expect(pass(owner(kind, {}))).toThrow(`expected a ${kind} of the system's library, got one of another provider`);
    },
  );

  it("may be a Credential or a ClientContext, which throw when they are closed or have no handle yet", () => {
    using host = embeddedHost({ keys: { alice: Buffer.alloc(32, 7) } });
    const { provider } = host;
    const credential = Credential.acquireSync({
      package: embeddedPackage,
      use: "outbound",
      principal: "alice",
      provider,
    });
    const context = new ClientContext(credential);
    const query = () => QueryContextAttributesW(context, SECPKG_ATTR_SIZES, new Uint8Array(64));
    expect(query).toThrow(expect.objectContaining({ name: "ContextStateError" }));
    context.stepSync();
    expect(context[ownedHandle]).toMatchObject({ kind: "context", provider });
    expect(query).toThrow("QueryContextAttributesW: phContext: expected a context of the system's library");
    // @ts-expect-error a function that releases takes no owner
    expect(() => DeleteSecurityContext(context)).toThrow(
      new TypeError("DeleteSecurityContext: phContext: a ClientContext releases its handle itself; call its close()"),
    );
    // @ts-expect-error a function that releases takes no owner
    expect(() => FreeCredentialsHandle(credential)).toThrow(
      new TypeError("FreeCredentialsHandle: phCredential: a Credential releases its handle itself; call its close()"),
    );
    context.close();
    expect(query).toThrow(expect.objectContaining({ code: "SSPI_DISPOSED" }));
    credential.close();
    expect(live()).toMatchObject({ credentials: 0, contexts: 0 });
  });
});

describe("a function of sspi-ffi/raw that releases memory", () => {
  it("A7 refuses bytes and objects, because they live in JavaScript's memory", () => {
    const says = "expected the address of what is to be released, got";
    // @ts-expect-error it takes an address
    expect(() => FreeContextBuffer(new Uint8Array(64))).toThrow(
      `FreeContextBuffer: pvContextBuffer: ${says} Uint8Array`,
    );
    // @ts-expect-error it takes an address
    expect(() => LsaFreeReturnBuffer(Buffer.alloc(8))).toThrow(`LsaFreeReturnBuffer: Buffer: ${says} Buffer`);
    // @ts-expect-error it takes an address
    expect(() => CertFreeCertificateContext({ cbCertEncoded: 1 })).toThrow(`pCertContext: ${says} Object`);
  });

  it("accepts a handle as an object, because the object is a copy of the handle", () => {
    const handle = { dwLower: 1n, dwUpper: 2n };
    expect(() => new Marshalling(functions.DeleteSecurityContext as FunctionDeclaration, [handle])).not.toThrow();
  });
});
