import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as raw from "../../src/raw.ts";
import { root } from "./source-files.ts";

function isInternal(stem: string): boolean {
  return JSON.parse(readFileSync(join(root, `metadata/${stem}.json`), "utf8")).internal === true;
}

const parts = readdirSync(join(root, "generated"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !isInternal(entry.name))
  .flatMap(({ name }) => ["callbacks", "constants", "structs", "raw"].map((part) => `generated/${name}/${part}.ts`))
  .filter((file) => existsSync(join(root, file)));

describe("the raw door", () => {
  it("exports nothing of the headers that the library keeps internal", () => {
    expect([isInternal("gssapi"), isInternal("openssl")]).toEqual([true, true]);
    expect(Object.keys(raw).filter((name) => /^(gss|GSS|krb5|SSL_CTX|BIO|X509_V|EVP)_/.test(name))).toEqual([]);
  });

  it("is compared with every header", () => {
    expect(parts.length).toBeGreaterThan(30);
  });

  it.each(parts)("has all of %s", async (file) => {
    const names = Object.keys((await import(join(root, file))) as object);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !(name in raw))).toEqual([]);
  });
});
