// @ts-expect-error plain JavaScript, which has no types
import { handshakes } from "./handshake.js";

const lines: readonly string[] = await handshakes();
console.log(lines.join("\n"));
