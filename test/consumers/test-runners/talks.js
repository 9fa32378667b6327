import { handshakes } from "./handshake.js";

/** What a test of a user does; the lines go to a file, since runners print in ways of their own. */
export async function talks() {
  const { writeFileSync } = await import("node:fs");
  writeFileSync("out.txt", (await handshakes()).join("\n"));
}
