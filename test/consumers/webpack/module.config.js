export default {
  mode: "production",
  target: "node20",
  entry: "./main.js",
  experiments: { outputModule: true },
  externals: { koffi: "node-commonjs koffi" },
  output: { path: import.meta.dirname, filename: "out/bundle.mjs", module: true },
};
