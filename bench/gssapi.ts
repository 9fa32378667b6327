import { startBenchLab } from "./bench-lab.ts";
import type { GssapiSetting } from "./gssapi-setting.ts";
import type { GssapiGrowth, GssapiTask } from "./measure-gssapi.ts";
import { measuring } from "./measuring.ts";
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
  readonly growth: Readonly<Record<"C" | "public API", number>>;
}

/** Soname of MIT's GSSAPI. */
export const gssapiLibrary = "libgssapi_krb5.so.2";

/** Measures Kerberos of the system's GSSAPI in processes with alice's tickets and the services' keys, which a lab has. */
export async function measureGssapi(native: string, size: GssapiSize): Promise<GssapiMeasured> {
  const { lab, stop } = await startBenchLab();
  const run = <T>(task: GssapiTask): T[] =>
    measuring<T>(native, "measure-gssapi", task, { environment: lab.environment });
  try {
    const kerberos: GssapiSetting = { library: gssapiLibrary, native, package: "Kerberos" };
    const ratios = [kerberos, { ...kerberos, package: "Negotiate" } as const].flatMap((setting) =>
      run<Measured>({ setting, ...size }),
    );
    const grown = (growthOf: "C" | "public API"): number => {
      const [{ bytes }] = run({ setting: kerberos, ...size, growthOf }) as [GssapiGrowth];
      return bytes;
    };
    return { ratios, growth: { C: grown("C"), "public API": grown("public API") } };
  } finally {
    await stop();
  }
}
