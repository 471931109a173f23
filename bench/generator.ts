// The benchmark's end of the load generator.

import { fork } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { CellResult } from "./cell.ts";
import { CrowdResult } from "./crowd.ts";
import type { ChildProcess } from "node:child_process";
import type { CellJob } from "./cell.ts";
import type { CrowdJob } from "./crowd.ts";

const Answer = z.union([z.object({ result: z.unknown() }), z.object({ error: z.string() })]);

export class Generator {
  readonly #child: ChildProcess;

  constructor() {
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    this.#child = fork(join(import.meta.dirname, "load.ts"), { execArgv });
  }

  async cell(job: Omit<CellJob, "kind">): Promise<CellResult> {
    return CellResult.parse(await this.#ask({ kind: "cell", ...job }));
  }

  async crowd(job: Omit<CrowdJob, "kind">): Promise<CrowdResult> {
    return CrowdResult.parse(await this.#ask({ kind: "crowd", ...job }));
  }

  stop(): void {
    this.#child.kill();
  }

  async #ask(job: object): Promise<unknown> {
    const child = this.#child;
    const message = await new Promise<unknown>((resolve, reject) => {
      const onExit = () => reject(new Error("the load generator ended"));
      child.once("exit", onExit);
      child.once("message", (answer) => {
        child.off("exit", onExit);
        resolve(answer);
      });
      child.send(job);
    });
    const answer = Answer.parse(message);
    if ("error" in answer) throw new Error(answer.error);
    return answer.result;
  }
}
