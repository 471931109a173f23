// `npm run test:real`: the storage and end-to-end tests on a real PostgreSQL and a real Redis, thrown away afterwards,
// and the questions to Prometheus on a real one where that is installed.
// Arguments are added for vitest; `--project` among them chooses other tests. TEST_POSTGRES_URL and TEST_REDIS_URL name servers to use instead.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { throwawayPostgres } from "./throwaway/postgres.ts";
import { hasPrometheus } from "./throwaway/prometheus.ts";
import { throwawayRedis } from "./throwaway/redis.ts";
import { MissingProgram, type Throwaway } from "./throwaway/server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const DEFAULT_ARGS = ["--project", "contract", "--project", "e2e"];

const SERVERS = [
  { variable: "TEST_POSTGRES_URL", start: throwawayPostgres },
  { variable: "TEST_REDIS_URL", start: throwawayRedis },
] as const;

async function main(args: readonly string[]): Promise<number> {
  const started: Throwaway[] = [];
  const environment: Record<string, string> = {};
  try {
    for (const { variable, start } of SERVERS) {
      if (process.env[variable]) continue;
      const server = await start();
      started.push(server);
      environment[variable] = server.url;
    }
    // The suite starts it itself, with what it is to scrape; where there is none, its file is left out.
    if (hasPrometheus()) environment.TEST_PROMETHEUS = "1";
    else console.error("test:real: prometheus is not installed, so its tests are left out: apt-get install prometheus");
    const chosen = args.includes("--project") ? [] : DEFAULT_ARGS;
    return await vitest([...chosen, ...args], environment);
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}

function vitest(args: readonly string[], environment: Record<string, string>): Promise<number> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [VITEST, "run", ...args], { cwd: ROOT, stdio: "inherit", env });
  // Whatever asks us to end asks vitest; when it has ended, the servers go too. A terminal's Ctrl-C reaches it by itself.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 130));
  });
}

process.exitCode = await main(process.argv.slice(2)).catch((cause: unknown) => {
  // A failure, never a skip: a green run must mean that the real servers were there.
  console.error(cause instanceof MissingProgram ? `test:real: ${cause.message}` : cause);
  return 1;
});
