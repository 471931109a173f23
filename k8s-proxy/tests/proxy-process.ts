// The proxy as a process of its own, in front of a cluster that answers its questions about itself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as z from "zod";
import { json, replay } from "./api-server.ts";
import { recorded } from "./recorded.ts";

import type { ChildProcess } from "node:child_process";
import type { Reply } from "./api-server.ts";

const SOURCE = new URL("../src/main.ts", import.meta.url).pathname;
const READER = recorded("auth/self-subject-rules-review-reader-shop");

const Line = z.looseObject({ event: z.string(), port: z.int().optional(), metrics_port: z.int().optional() });
export type Line = z.output<typeof Line>;

export interface ProxyProcess {
  readonly child: ChildProcess;
  /** Code and signal. */
  readonly exited: Promise<unknown>;
  /** The next line of its log that is about this; what comes before it is skipped. */
  nextLine(event: string): Promise<Line>;
}

export function startProcess(environment: Record<string, string>, program = SOURCE): ProxyProcess {
  const child = spawn(process.execPath, [program], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    exited: once(child, "exit"),
    async nextLine(event) {
      for (;;) {
        const line = Line.parse(JSON.parse(z.string(`it ended before ${event}`).parse((await lines.next()).value)));
        if (line.event === event) return line;
      }
    },
  };
}

/** Rules of an account that may only read, a version, and `others` for everything else. */
export const healthy =
  (others: Reply): Reply =>
  (response, request) => {
    if (request.method === "POST") replay(READER)(response, request);
    else (request.url === "/version" ? json({ gitVersion: "v1.36.2" }) : others)(response, request);
  };
