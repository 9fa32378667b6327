import { expect, it } from "vitest";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { endOf } from "../fixtures/end-of.ts";

it("F10 the threads of a process share the places, and a worker that ends during a call frees its place", {
  timeout: 90_000,
}, async () => {
  const env = { ...process.env, UV_THREADPOOL_SIZE: "6" };
  const { signal, status, stdout, stderr } = await endOf(nodeArguments("test/native/places-in-workers.ts"), env);
  expect({ signal, status, stderr }).toEqual({ signal: null, status: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    places: 3,
    ...{ most: 3, calls: 40, free: 3 },
    terminated: [2, 3],
    exited: [2, 3],
    nested: [2, 3],
  });
});
