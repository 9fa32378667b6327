import { handshakes } from "./handshake.js";

console.log((await handshakes()).join("\n"));
process.disconnect();
