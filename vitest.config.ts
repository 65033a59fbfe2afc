import { defineConfig } from "vitest/config";

/** One project per kind of test: the fast ones never wait for a browser or a Redis. */
const project = (name: string, options: object = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...options },
});

export default defineConfig({
  test: {
    globalSetup: ["tests/support/bring-tools.ts"],
    reporters: ["default"],
    projects: [
      // Computing alone: what takes long there is a machine that is busy with something else.
      project("unit", { testTimeout: 30_000 }),
      project("contract", { testTimeout: 20_000 }),
      project("integration", { testTimeout: 60_000, hookTimeout: 60_000 }),
      project("browser", { testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false }),
      project("interop", {
        globalSetup: ["tests/support/bring-python.ts"],
        testTimeout: 240_000,
        hookTimeout: 60_000,
      }),
      project("deploy", {
        globalSetup: ["tests/support/bring-deploy-tools.ts"],
        testTimeout: 240_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
      project("faults", {
        globalSetup: ["tests/faults/table.ts"],
        testTimeout: 240_000,
        hookTimeout: 60_000,
        // After the fast ones, and two at a time: mostly they wait for something to stand still long enough.
        sequence: { groupOrder: 1 },
        maxWorkers: 2,
      }),
    ],
  },
});
