const heard: string[] = [];

process.on("warning", ({ name, message }) => {
  if (name === "SspiReleaseWarning" || name === "SspiLeakWarning") heard.push(message);
});

/** Tests may replace the timers, and this looks at what they did. */
const { setImmediate } = globalThis;

/**
 * What a provider refused to release, and what was forgotten, since this was last asked. Such a warning is all that a
 * double release comes to, so every test expects none at its end; one that provokes some asks for them before.
 */
export async function releaseWarnings(): Promise<readonly string[]> {
  // A warning is told of in the next turn.
  await new Promise<void>((resolve) => setImmediate(resolve));
  return heard.splice(0);
}
