// Which tests run where: plain Node for everything but sockets, sleep and alarms, which need workerd.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // What a passing test logs is of interest to nobody.
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["tests/{unit,protocol,architecture}/**/*.test.ts", "{k8s-proxy,console}/tests/**/*.test.ts"],
          // Here as below: only a failure waits so long, on however busy a machine.
          testTimeout: 20_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: "contract",
          environment: "node",
          include: ["tests/contract/**/*.test.ts"],
          // Contention, timeouts and privileges show on real servers only: npm run test:real.
          exclude: process.env.TEST_POSTGRES_URL ? [] : ["**/*.real.test.ts"],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      "./tests/workerd/vitest.config.ts",
      {
        test: {
          name: "clients",
          environment: "node",
          include: ["tests/clients/**/*.test.ts"],
          // One stack for all of them; one file at a time, since what one changes all would hear of.
          globalSetup: ["tests/clients/global-setup.ts"],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["tests/browser/**/*.test.ts"],
          globalSetup: ["tests/browser/global-setup.ts"],
          // A browser each would be too much for a small machine.
          fileParallelism: false,
          // The look at its accessibility takes a browser some seconds, and longer on a machine that is busy.
          testTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["tests/e2e/**/*.test.ts"],
          // Needs a Prometheus on this machine: npm run test:real looks for one.
          exclude: process.env.TEST_PROMETHEUS ? [] : ["**/*.real.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 10_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
