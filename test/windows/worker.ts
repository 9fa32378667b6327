import { connect } from "node:net";
import { init, runBaseTests, setupEnvironment } from "vitest/worker";
import { FrameReader, frame } from "./frames.ts";

// Runs in node.exe: Vitest's worker with a socket to the pool instead of an IPC channel. Wine gives a child no Node
// IPC channel, and a standard output only if that is a file.

type RunTests = Parameters<typeof init>[0]["runTests"];

const exit = process.exit.bind(process);
const listeners = new Set<(message: unknown) => void>();
const reader = new FrameReader();
const socket = connect(Number(process.argv[2]), "127.0.0.1");
socket.setNoDelay(true);
socket.on("data", (piece: Buffer) => {
  for (const message of reader.push(piece)) for (const listener of listeners) listener(message);
});
socket.on("end", () => exit(0));
socket.on("error", () => exit(1));

/** Restores `process.exit`, which Vitest disables while tests run and does not enable again. */
function tests(method: "run" | "collect"): RunTests {
  return async (state, traces) => {
    try {
      await runBaseTests(method, state, traces);
    } finally {
      process.exit = exit;
    }
  };
}

init({
  post: (message) => void socket.write(frame(message)),
  on: (listener) => void listeners.add(listener),
  off: (listener) => void listeners.delete(listener),
  runTests: tests("run"),
  collectTests: tests("collect"),
  setup: setupEnvironment,
});
