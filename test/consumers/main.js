import { handshakes } from "./handshake.js";

handshakes().then((lines) => console.log(lines.join("\n")));
