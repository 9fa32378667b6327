const { live } = require("sspi-ffi");

test("nothing is open", () => expect(live().contexts).toBe(0));
