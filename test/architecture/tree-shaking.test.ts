import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "./source-files.ts";

/** The code that a bundler keeps of the raw door for a program that uses some of its names. */
async function bundled(...names: readonly string[]): Promise<string> {
  const contents = `import { ${names.join(", ")} } from "./src/raw.ts"; console.log(${names.join(", ")});`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    external: ["koffi"],
  });
  return outputFiles[0]?.text ?? "";
}

describe("a bundle of the raw door holds only what the program uses:", () => {
  it("a constant is a number", async () => {
    expect((await bundled("SECBUFFER_TOKEN")).length).toBeLessThan(200);
  });

  it("a struct comes with the C types that describe it, and with no other struct", async () => {
    const text = await bundled("SecBuffer");
    expect(text).toContain('"SecBuffer.cbBuffer"');
    expect(text).not.toContain("SecPkgInfoW");
    expect(text.length).toBeLessThan(12_000);
  });

  it("a function comes without functions that nothing needs", async () => {
    const text = await bundled("FreeContextBuffer");
    expect(text).toContain("callable(FreeContextBuffer)");
    expect(text).not.toContain("callable(QuerySecurityPackageInfoW)");
  });
});
