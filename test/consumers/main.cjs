const { live } = require("sspi-ffi");
const { handshakes } = require("./handshake.js");

if (live().contexts !== 0) throw new Error("contexts that nobody made");
handshakes().then((lines) => console.log(lines.join("\n")));
