import { describe, expect, it } from "vitest";
import * as functions from "../../generated/openssl/functions.ts";
import type { FunctionDeclaration } from "../../src/ctypes/index.ts";
import { live } from "../../src/memory/index.ts";
import { NativeLibrary } from "../../src/native/index.ts";
import { bindOpenSsl, openSsl, TlsUnavailableError } from "../../src/tls/openssl.ts";

const program = NativeLibrary.ofProgram();
const version = process.versions.openssl;

describe("OpenSSL inside Node", () => {
  it("is bound when the program exports every needed function and the version is Node's", () => {
    expect(bindOpenSsl(program, version)).toHaveProperty("SSL_new");
    expect(openSsl()).toBe(openSsl());
  });

  it("is refused when one function is missing, as in Electron and Bun", () => {
    const without = {
      bind: (wanted: FunctionDeclaration) => (wanted.name === "SSL_read" ? undefined : program.bind(wanted)),
    };
    expect(() => bindOpenSsl(without, version)).toThrow(TlsUnavailableError);
    expect(() => bindOpenSsl(without, version)).toThrow("this program does not export SSL_read");
  });

  it("is refused when its version differs from process.versions.openssl", () => {
    expect(() => bindOpenSsl(program, "3.0.0")).toThrow(/Node says 3\.0\.0, and "OpenSSL \d/);
    expect(() => bindOpenSsl(program, undefined)).toThrow("Node says that it has none");
  });

  it("counts each object that it allocates until it is freed", () => {
    const releasing = Object.values<FunctionDeclaration>(functions).filter((one) => one.resultReleasedBy !== undefined);
    expect(releasing.map(({ name }) => name).sort()).toEqual([
      ...["BIO_new", "BIO_new_mem_buf", "OPENSSL_sk_new_null", "PEM_read_bio_PrivateKey", "PEM_read_bio_X509"],
      ...["SSL_CTX_new", "SSL_get1_peer_certificate", "SSL_new", "d2i_PKCS12_bio"],
    ]);
    const openssl = openSsl();
    const bio = openssl.BIO_new(openssl.BIO_s_mem());
    expect(live().tls).toBe(1);
    openssl.BIO_free(bio);
    expect(live().tls).toBe(0);
  });
});
