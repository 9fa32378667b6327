import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { tellTests } from "../../scripts/mutation/environment.ts";

it("a thread starts with the options that Vitest gives it for mutants", async () => {
  tellTests(undefined);
  const { default: config } = await import("../../scripts/mutation/vitest.config.ts");
  const worker = new Worker("", { eval: true, execArgv: config.test?.execArgv });
  expect(await once(worker, "exit")).toEqual([0]);
});
