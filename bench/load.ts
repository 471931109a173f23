// The load generator's own process: takes one job at a time from the benchmark, and sends back what it measured.

import * as z from "zod";
import { CellJob, runCell } from "./cell.ts";
import { CrowdJob, runCrowd } from "./crowd.ts";

const Job = z.discriminatedUnion("kind", [CellJob, CrowdJob]);

process.on("message", (message) => {
  run(message).then(
    (result) => process.send?.({ result }),
    (cause: unknown) => process.send?.({ error: String(cause) }),
  );
});

function run(message: unknown): Promise<object> {
  const job = Job.parse(message);
  return job.kind === "cell" ? runCell(job) : runCrowd(job);
}
