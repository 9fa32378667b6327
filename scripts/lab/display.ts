import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { componentFile } from "./components.ts";
import type { Started, Surroundings } from "./on-demand-service.ts";
import { type Service, startService } from "./service.ts";

/** The environment variables that a program needs to use a display. */
export interface Display {
  readonly DISPLAY: string;
  readonly XAUTHORITY: string;
}

/** Starts an invisible screen. Only users who can read the folder can use it. */
export async function startDisplay(folder: string): Promise<{ readonly service: Service; readonly display: Display }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [log, authority] = [join(folder, "log"), join(folder, "authority")];
  const cookie = randomBytes(16).toString("hex");
  const allow = (display: string): void => {
    const env = { ...process.env, XAUTHORITY: authority };
    runCommand([componentFile("xauth"), "-q", "add", display, "MIT-MAGIC-COOKIE-1", cookie], { env });
  };
  // The server accepts the file's cookie of any display number, and reports its free number only after the start.
  allow(":0");
  const service = await startService({
    name: "Xvfb",
    command: [
      componentFile("xvfb"),
      ...["-displayfd", "1", "-auth", authority, "-nolisten", "tcp"],
      // FreeRDP 3's server refuses 16 bits. Without -noreset the server resets after its last client, and refuses a new
      // client during the reset.
      ...["-screen", "0", "640x480x24", "-noreset"],
    ],
    env: process.env,
    log,
    ready: () => numberIn(log) !== undefined,
  });
  const display = `:${numberIn(log)}`;
  allow(display);
  return { service, display: { DISPLAY: display, XAUTHORITY: authority } };
}

function numberIn(log: string): string | undefined {
  return /^\d+(?=\n)/m.exec(readFileSync(log, "utf8"))?.[0];
}

/** Starts a display for rdesktop, which opens a window before it connects. */
export async function startRdesktopDisplay({ lab }: Surroundings): Promise<Started<Display>> {
  const { service, display } = await startDisplay(join(lab.folder, "rdesktop"));
  return { service, offers: display };
}
