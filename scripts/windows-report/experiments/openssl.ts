import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localhostCertificate, localhostKey } from "../../../test/fixtures/localhost-certificate.ts";
import { type Experiment, recordHeader, type Seen } from "../experiment.ts";
import { askedWhereRead, clientSide, greet } from "../schannel-ends.ts";

/** Returns the path of openssl.exe; undefined if it is not on the PATH. */
function opensslProgram(): string | undefined {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return "openssl";
  } catch {
    // Only some machines have the program; the experiment reports that.
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Returns the results of DecryptMessage after `s_server` gets a key press that makes it change keys or start a new
 * handshake.
 */
async function afterKey(key: string, version: "-tls1_3" | "-tls1_2"): Promise<Seen> {
  const program = opensslProgram();
  if (program === undefined) return { openssl: "not on the PATH" };
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-report-"));
  const files = [join(folder, "certificate.pem"), join(folder, "key.pem")] as const;
  writeFileSync(files[0], localhostCertificate);
  writeFileSync(files[1], localhostKey, { mode: 0o600 });
  const port = await freePort();
  const args = [
    "s_server",
    "-accept",
    `127.0.0.1:${port}`,
    version,
    "-cert",
    files[0],
    "-key",
    files[1],
    "-naccept",
    "1",
  ];
  const server = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
  try {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const socket = connect(port, "127.0.0.1").setNoDelay(true);
    await once(socket, "connect");
    using side = clientSide([version === "-tls1_3" ? "tls1.3" : "tls1.2"]);
    const { statuses } = await greet(side, socket);
    const records: string[] = [];
    socket.on("data", (bytes) => {
      const { status, input } = side.decrypt(1, bytes);
      records.push(`${status} ${recordHeader(bytes)} ${input.map(({ type, size }) => `${type}:${size}`).join(" ")}`);
    });
    server.stdin.write(`${key}\n`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    socket.destroy();
    return { handshake: statuses, records };
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const openssl: Readonly<Record<string, Experiment>> = {
  "tls13-key-update": {
    question: "What does DecryptMessage make of a KeyUpdate?",
    expected: "SEC_I_RENEGOTIATE",
    run: () => askedWhereRead(() => afterKey("K", "-tls1_3")),
  },
  "tls12-hello-request": {
    question: "What does DecryptMessage make of a HelloRequest of TLS 1.2?",
    expected: "SEC_I_RENEGOTIATE",
    run: () => afterKey("r", "-tls1_2"),
  },
};
