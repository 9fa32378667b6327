import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { markdownFiles } from "../architecture/markdown-files.ts";
import { root } from "../architecture/source-files.ts";
import { curl } from "../interop/peer.ts";
import { freshTickets } from "../live/kerberos.ts";
import { codeBlocks } from "./code-blocks.ts";

const blocks = markdownFiles().flatMap(codeBlocks);
const titled = (kind: string) =>
  blocks.filter((block) => block.kind === kind).map((block) => ({ ...block, title: `${block.file}:${block.line}` }));

/** Makes a program listen on a free port instead of the port that it names, and print the number. */
const freePort = `data:text/javascript,${encodeURIComponent(`
import net from "node:net";
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function () {
  this.once("listening", () => console.log("port", this.address().port));
  return listen.call(this, 0, "127.0.0.1");
};`)}`;

let folder = "";
const started: ChildProcess[] = [];
beforeEach(() => {
  mkdirSync(join(root, ".cache"), { recursive: true });
  folder = mkdtempSync(join(root, ".cache/pages-"));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(text: string, ...node: readonly string[]): ChildProcess {
  const file = join(folder, "block.mjs");
  writeFileSync(file, text);
  const child = spawn(process.execPath, ["--import", "tsx", ...node, file], { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  return child;
}

async function outcome(text: string) {
  const child = start(text);
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name]?.on("data", (part) => (out[name] += part));
  const [status] = await once(child, "close");
  return { status, ...out };
}

/** Starts the program and resolves to its URL as soon as it listens. */
async function served(text: string): Promise<string> {
  const child = start(text, "--import", freePort);
  let stderr = "";
  child.stderr?.on("data", (part) => (stderr += part));
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [, port] = /^port (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return `http://localhost:${port}/`;
  }
  throw new Error(`the program ended without serving: ${stderr}`);
}

describe("code blocks that need a realm", () => {
  freshTickets();

  it.each(titled("js lab"))("run in plain JavaScript and print the page's output: $title", async ({ text, output }) => {
    expect(await outcome(text)).toEqual({ status: 0, stderr: "", stdout: output });
  });

  it.each(titled("js server"))("serve alice the text that the page announces: $title", async ({ file, text }) => {
    const [, behind = ""] = readFileSync(join(root, file), "utf8").split(text);
    const [, seen] = /^alice sees `([^`]+)`/m.exec(behind) ?? [];
    expect(await curl("--negotiate", "--user", ":", await served(text))).toBe(seen);
  });
});

describe("the README's HTTP server and client", () => {
  freshTickets();
  const ofReadme = (part: string) =>
    titled("js").find((block) => block.file === "README.md" && block.text.includes(part));

  it("authenticate alice and greet her by name, with only the addresses replaced", async () => {
    const url = await served(ofReadme("HttpAuthenticator")?.text ?? "");
    const address = ["https://*.corp.example", "https://intranet.corp.example/report"];
    let client = ofReadme("NegotiateDispatcher")?.text ?? "";
    for (const one of address) expect(client).toContain(one);
    client = client.replace(address[0] as string, new URL(url).origin).replace(address[1] as string, url);
    expect(await outcome(client)).toEqual({ status: 0, stderr: "", stdout: "200 Hello alice@EXAMPLE.TEST\n\n" });
  });
});
