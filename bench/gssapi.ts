import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MissingComponentError } from "../scripts/lab/components.ts";
import { startLab } from "../scripts/lab/start.ts";
import { MissingError } from "./compile.ts";
import type { GssapiSetting } from "./gssapi-setting.ts";
import type { GssapiGrowth, GssapiTask } from "./measure-gssapi.ts";
import type { Measured } from "./rounds.ts";

export interface GssapiSize {
  readonly rounds: number;
  readonly warmUp: number;
  readonly settling: number;
  readonly handshakes: number;
}

export interface GssapiMeasured {
  readonly ratios: readonly Measured[];
  /** What the memory of a process has grown by, in bytes, by contender. */
  readonly growth: Readonly<Record<string, number>>;
}

const library = "libgssapi_krb5.so.2";

/** Starts a lab, and measures Kerberos of the system's GSSAPI in processes with alice's tickets and the services' keys. */
export async function measureGssapi(
  native: string,
  size: GssapiSize,
  npmKerberos: string | undefined,
): Promise<GssapiMeasured> {
  const { lab, stop } = await startLab().catch((error) => {
    throw error instanceof MissingComponentError ? new MissingError(error.message) : error;
  });
  const run = (task: GssapiTask): string[] => {
    const args = [join(native, "measure-gssapi.mjs"), JSON.stringify(task)];
    const env = { ...process.env, ...lab.environment };
    const { status, signal, stdout } = spawnSync(process.execPath, args, {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`measure-gssapi ended with ${signal ?? status}`);
    return stdout.trim().split("\n");
  };
  try {
    const settings: readonly GssapiSetting[] = [
      { library, native, package: "Kerberos", ...(npmKerberos !== undefined && { npmKerberos }) },
      { library, native, package: "Negotiate" },
    ];
    const ratios = settings.flatMap((setting) => run({ setting, ...size }).map((line) => JSON.parse(line) as Measured));
    const growth = (["C", "public API"] as const).map((contender) => {
      const [line = ""] = run({ setting: settings[0] as GssapiSetting, ...size, growthOf: contender });
      return [contender, (JSON.parse(line) as GssapiGrowth).bytes] as const;
    });
    return { ratios, growth: Object.fromEntries(growth) };
  } finally {
    await stop();
  }
}
