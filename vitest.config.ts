import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    pool: "forks",
    // All cores: vitest leaves one free by itself, which is half of a machine with two.
    maxWorkers: availableParallelism(),
  },
});
