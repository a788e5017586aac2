// Tests on real hosts (root, Linux): each file boots its own lab. Two at a time on two cores; a file's own tests run in order.
const { testPathIgnorePatterns, ...shared } = require("./jest.config.js");
/** @type {import("jest").Config} */
module.exports = { ...shared, roots: ["<rootDir>/lab"], maxWorkers: 2, testTimeout: 120_000 };
