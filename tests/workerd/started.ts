// Everything outside is up before the first test of a file: no test, and no patience of the Worker's, pays for its start.

import { beforeAll } from "vitest";
import { sql } from "./world.ts";

beforeAll(async () => {
  await sql("select 1");
}, 120_000);
