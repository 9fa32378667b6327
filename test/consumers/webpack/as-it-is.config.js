export default {
  mode: "production",
  target: "node20",
  entry: "./main.js",
  output: { path: import.meta.dirname, filename: "out/bundle.cjs" },
};
