export default { testMatch: ["**/*.jest.cjs"], testEnvironment: "node" };
