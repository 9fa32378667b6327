import inside from "./as-it-is.config.js";

export default { ...inside, externals: { koffi: "commonjs koffi" } };
