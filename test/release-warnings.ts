const heard: string[] = [];

process.on("warning", ({ name, message }) => {
  if (name === "SspiReleaseWarning" || name === "SspiLeakWarning") heard.push(message);
});

/** Node's own setImmediate, because tests may replace the timers. */
const { setImmediate } = globalThis;

/**
 * The warnings of refused and forgotten releases since the last call. A double release causes only such a warning, so
 * every test expects none at its end; a test that provokes warnings calls this function before.
 */
export async function releaseWarnings(): Promise<readonly string[]> {
  // Node emits a warning in the next turn of the event loop.
  await new Promise<void>((resolve) => setImmediate(resolve));
  return heard.splice(0);
}
