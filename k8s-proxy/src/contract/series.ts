// The words that all questions about metrics share: queries, labels, and numbers as JSON can carry them.
import * as z from "zod";
import { once } from "./once.ts";

/** Its grammar and its limits are the guard's to judge: see promql/. */
export const Promql = once(() => z.string().min(1).max(4096));

export const MetricName = once(() =>
  z
    .string()
    .max(200)
    .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "must be a metric's name, such as http_requests_total"),
);

export const LabelName = once(() =>
  z
    .string()
    .max(128)
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be a label's name, such as job"),
);

/** Five significant digits; what JSON has no number for is a word: `NaN`, `+Inf`, `-Inf`. */
export const SampleValue = once(() => z.union([z.number(), z.string()]));
export type SampleValue = z.output<ReturnType<typeof SampleValue>>;

export const Labels = once(() => z.record(z.string(), z.string()));
export type Labels = z.output<ReturnType<typeof Labels>>;
