import { once } from "node:events";
import { isMainThread, parentPort, SHARE_ENV, type WorkerOptions, workerData } from "node:worker_threads";
import { Credential, gssapiProvider, SspiError } from "../../src/index.ts";
import { workerOf } from "../worker-of.ts";

/**
 * The user that a client logs on as; a refusal is its code and its reason. In a worker that shares the environment, or
 * has a copy that names another cache: first with the environment's cache, then with that cache as an option.
 */
export interface Logons {
  readonly main: string;
  readonly shared: readonly string[];
  readonly copied: readonly string[];
}

type Options = Parameters<typeof Credential.acquireSync>[0]["kerberos"];

function whoLogsOn(kerberos?: Options): string {
  try {
    using credential = Credential.acquireSync({
      package: "Kerberos",
      use: "outbound",
      provider: gssapiProvider(),
      ...(kerberos && { kerberos }),
    });
    return credential.query("names").sUserName;
  } catch (error) {
    if (!(error instanceof SspiError)) throw error;
    return `${error.code}: ${(error.cause as Error).message}`;
  }
}

async function inWorker(env: WorkerOptions["env"], ccache: string): Promise<readonly string[]> {
  const worker = workerOf(import.meta.url, { ...(env && { env }), workerData: { ccache } });
  const [said] = (await once(worker, "message")) as [readonly string[]];
  return said;
}

if (isMainThread) {
  const ccache = process.argv[2] as string;
  const own = { ...process.env, KRB5CCNAME: ccache };
  const [shared, copied] = await Promise.all([inWorker(SHARE_ENV, ccache), inWorker(own, ccache)]);
  process.stdout.write(JSON.stringify({ main: whoLogsOn(), shared, copied } satisfies Logons));
} else {
  const { ccache } = workerData as { readonly ccache: string };
  parentPort?.postMessage([whoLogsOn(), whoLogsOn({ ccache })]);
}
