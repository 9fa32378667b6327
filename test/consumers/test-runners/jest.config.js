export default { testMatch: ["**/*.spec.js"], testEnvironment: "node" };
