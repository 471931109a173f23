// The machines of the cluster: which are in trouble, and how full they are.
import * as z from "zod";
import { LabelSelector } from "./names.ts";
import { once } from "./once.ts";
import { route } from "./route.ts";

const Size = once(() => z.object({ cpu_m: z.int(), memory_mib: z.int(), pods: z.int() }));

export const Node = once(() =>
  z.object({
    name: z.string(),
    ready: z.boolean(),
    /** MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable: those that hold. */
    pressure: z.array(z.string()).optional(),
    unschedulable: z.boolean().optional(),
    /** `gpu=yes:NoSchedule`. */
    taints: z.array(z.string()).optional(),
    problem: z.object({ reason: z.string(), message: z.string().optional(), since: z.string().optional() }).optional(),
    version: z.string().optional(),
    capacity: Size(),
    allocatable: Size(),
    /** What the pods on it ask for, of what can be allocated. */
    requests_pct: z.object({ cpu: z.int().optional(), memory: z.int().optional() }).optional(),
    pods: z.int().optional(),
    age_s: z.int(),
    zone: z.string().optional(),
  }),
);
export type Node = z.output<ReturnType<typeof Node>>;

export const listNodes = route(
  "/v1/list-nodes",
  () =>
    z.strictObject({
      label_selector: LabelSelector().optional().describe('As kubectl takes it: "pool=gpu"'),
      only_problems: z.boolean().default(false).describe("Not ready, under pressure or cordoned"),
    }),
  () =>
    z.object({
      nodes: z.array(Node()),
      /** All that the selector chose, in trouble or not. */
      total: z.int(),
      not_ready: z.int(),
    }),
);
