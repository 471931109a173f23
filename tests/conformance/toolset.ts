// What the conformance suite needs, beside everything the product offers. Never part of a deployment: see dev/conformance/build.ts.

import { toolset as product } from "../../src/toolset.ts";
import { prompts } from "./prompts.ts";
import { behindResources, resources } from "./resources.ts";
import { asking } from "./tools/asking.ts";
import { changing } from "./tools/changing.ts";
import { contents } from "./tools/contents.ts";
import { jobs } from "./tools/jobs.ts";
import { rounds } from "./tools/rounds.ts";
import { running } from "./tools/running.ts";
import { schemaTool } from "./tools/schema.ts";
import type { Toolset } from "../../src/tool/toolset.ts";

export const toolset: Toolset = {
  tools: [
    ...product.tools,
    ...contents,
    ...running,
    ...asking,
    ...rounds,
    ...jobs,
    ...changing,
    schemaTool,
    behindResources,
  ],
  // The suite reads the first resource of the list.
  resources: [...resources, ...product.resources],
  prompts: [...product.prompts, ...prompts],
};
