// Tests run on the compiled output: what is tested is the very text that ships, and Pulumi serialises the same functions users get.
/** @type {import("jest").Config} */
module.exports = {
    testEnvironment: "node",
    rootDir: "dist/tests",
    roots: ["<rootDir>"],
    testMatch: ["**/*.test.js"],
    testPathIgnorePatterns: ["/lab/"],
    coverageProvider: "v8",
};
