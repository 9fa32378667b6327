import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importContext, live, SspiError } from "../../../src/index.ts";
import { PackageHost } from "../../../src/packages.ts";
import { tokenHandles } from "./token-handles.ts";
import { tokenPackage } from "./token-package.ts";

/** What the parent sends, once it knows this process's id. */
export interface Sent {
  readonly packed: string;
  /** The token's handle in this process. */
  readonly token: string;
  readonly sealed: string;
}

/** What this process answers. */
export interface Received {
  /** How often damaged bytes were refused, per status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly user: string;
  readonly read: string;
  readonly answer: string;
  readonly signature: string;
  /** The token's identity while the context is open, after the context is closed, and after the token is closed. */
  readonly identities: readonly (string | undefined)[];
  /** The identity of the imported context's own token. */
  readonly own: string | undefined;
  readonly live: ReturnType<typeof live>;
}

const folder = process.argv[2] as string;

async function sent(): Promise<Sent> {
  const file = join(folder, "sent.json");
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
  return JSON.parse(readFileSync(file, "utf8")) as Sent;
}

/** Every truncated version, and every version with one byte changed. */
function* damaged(packed: Buffer): Generator<Buffer> {
  for (let length = 0; length < packed.length; length += 1) yield packed.subarray(0, length);
  for (let at = 0; at < packed.length; at += 1) {
    const changed = Buffer.from(packed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    yield changed;
  }
}

function main({ packed: packedText, token: tokenText, sealed: sealedText }: Sent): Received {
  const [packed, sealed] = [Buffer.from(packedText, "base64"), Buffer.from(sealedText, "base64")];
  const token = BigInt(tokenText);
  const defined = tokenPackage({});
  const host = new PackageHost();
  host.add(defined);
  const from = { package: "WithToken", token, provider: host.provider };
  const refused: Record<string, number> = {};
  for (const changed of damaged(packed)) {
    let code = "nothing";
    try {
      importContext({ ...from, packed: changed }).close();
    } catch (error) {
      code = error instanceof SspiError ? error.code : String(error);
    }
    refused[code] = (refused[code] ?? 0) + 1;
  }
  const context = importContext({ ...from, packed });
  const read = context.decrypt(sealed).toString();
  const answer = context.encrypt(Buffer.from("from the worker")).toString("base64");
  const signature = context.sign(Buffer.from("signed")).toString("base64");
  const user = context.query("names").sUserName;
  // accessToken() returns a duplicate on Windows; elsewhere the host's number for the package's token.
  const lent = context.accessToken();
  const own = tokenHandles.identity(process.platform === "win32" ? lent.value : token);
  lent.close();
  const during = tokenHandles.identity(token);
  context.close();
  const after = tokenHandles.identity(token);
  tokenHandles.close(token);
  host.close();
  defined.close();
  const identities = [during, after, tokenHandles.identity(token)];
  return { refused, user, read, answer, signature, identities, own, live: live() };
}

const file = join(folder, "received.json");
writeFileSync(`${file}.new`, JSON.stringify(main(await sent())));
renameSync(`${file}.new`, file);
