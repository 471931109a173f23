// What metrics-server measures: usage of pods and nodes, as it writes it.
import * as z from "zod";
import { Quantities, Word } from "./api-text.ts";

/** A span as Go writes it: "14.969s", "1m0s". */
const Window = z
  .string()
  .nullish()
  .transform((text) => secondsOf(text ?? ""));

export const PodMetrics = z.object({
  metadata: z.object({ name: Word, namespace: Word }),
  window: Window,
  containers: z.array(z.object({ name: Word, usage: Quantities })),
});
export type PodMetrics = z.output<typeof PodMetrics>;

export const NodeMetrics = z.object({ metadata: z.object({ name: Word }), window: Window, usage: Quantities });
export type NodeMetrics = z.output<typeof NodeMetrics>;

function secondsOf(span: string): number | undefined {
  const [, hours = "0", minutes = "0", seconds = "0"] = /^(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(span) ?? [];
  const total = Math.round(Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
  return total > 0 ? total : undefined;
}
