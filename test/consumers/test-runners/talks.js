import { handshakes } from "./handshake.js";

/** Does what a user's test does; its lines go to a file, since each test runner prints in its own way. */
export async function talks() {
  const { writeFileSync } = await import("node:fs");
  writeFileSync("out.txt", (await handshakes()).join("\n"));
}
