import { expect, it } from "vitest";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { endOf } from "../fixtures/end-of.ts";

it("TLS engines work in four threads at once, and continue after three threads ended with open engines", {
  timeout: 90_000,
}, async () => {
  const { signal, status, stdout, stderr } = await endOf(nodeArguments("test/tls/engines-in-workers.ts"));
  expect({ signal, status }).toEqual({ signal: null, status: 0 });
  // The only allowed output is the warning about engines that were open when their thread ended.
  expect(stderr.replaceAll(/^.*(SSPI_LEAK|SSPI_DEBUG|trace-warnings).*$/gm, "").trim()).toBe("");
  expect(JSON.parse(stdout)).toEqual({ codes: [0, 0, 0], tls: 0 });
});
