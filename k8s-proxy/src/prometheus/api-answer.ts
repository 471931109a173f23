// The fields of Prometheus' answers that are read. Texts are made safe where they are shown: most of them never are.
import * as z from "zod";

export const Envelope = z.object({
  status: z.literal("success"),
  data: z.unknown(),
  warnings: z.array(z.string()).default([]),
  infos: z.array(z.string()).default([]),
});

const Labels = z.record(z.string(), z.string());
const Point = z.tuple([z.number(), z.string()]);
export type Point = z.output<typeof Point>;
const Histogram = z.tuple([z.number(), z.object({ count: z.string(), sum: z.string() })]);

export const VectorItem = z.object({ metric: Labels, value: Point.optional(), histogram: Histogram.optional() });
export type VectorItem = z.output<typeof VectorItem>;
export const MatrixItem = z.object({ metric: Labels, values: z.array(Point).default([]) });
export type MatrixItem = z.output<typeof MatrixItem>;

export const QueryData = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.literal("vector"), result: z.array(VectorItem) }),
  z.object({ resultType: z.literal("matrix"), result: z.array(MatrixItem) }),
  z.object({ resultType: z.literal("scalar"), result: Point }),
  z.object({ resultType: z.literal("string"), result: Point }),
]);
export type QueryData = z.output<typeof QueryData>;

export const Names = z.array(z.string());
export const SeriesList = z.array(Labels);

const About = z.object({ type: z.string().default(""), help: z.string().default(""), unit: z.string().default("") });
export const Metadata = z.record(z.string(), z.array(About));
export type Metadata = z.output<typeof Metadata>;

const ApiAlert = z.object({
  labels: Labels.default({}),
  annotations: Labels.default({}),
  state: z.string(),
  activeAt: z.string().optional(),
  value: z.string().optional(),
});
export type ApiAlert = z.output<typeof ApiAlert>;

const ApiRule = z.object({
  type: z.string(),
  name: z.string(),
  query: z.string(),
  duration: z.number().optional(),
  state: z.string().optional(),
  health: z.string().default("unknown"),
  lastError: z.string().optional(),
  evaluationTime: z.number().optional(),
  labels: Labels.default({}),
  alerts: z.array(ApiAlert).nullish(),
});
export type ApiRule = z.output<typeof ApiRule>;

export const RuleGroups = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(ApiRule) })) });

const ApiTarget = z.object({
  labels: Labels.default({}),
  scrapePool: z.string().default(""),
  scrapeUrl: z.string().default(""),
  lastError: z.string().default(""),
  lastScrape: z.string().default(""),
  lastScrapeDuration: z.number().default(0),
  health: z.string().default("unknown"),
});
export type ApiTarget = z.output<typeof ApiTarget>;
export const Targets = z.object({ activeTargets: z.array(ApiTarget).default([]) });

export const BuildInfo = z.object({ version: z.string().default("") });
export const RuntimeInfo = z.object({
  startTime: z.string().optional(),
  reloadConfigSuccess: z.boolean().optional(),
  lastConfigTime: z.string().optional(),
  corruptionCount: z.int().optional(),
  goroutineCount: z.int().optional(),
  storageRetention: z.string().optional(),
});

const Counted = z.array(z.object({ name: z.string(), value: z.int() })).default([]);
export const TsdbStatus = z.object({
  headStats: z.object({ numSeries: z.int().optional(), chunkCount: z.int().optional() }).default({}),
  seriesCountByMetricName: Counted,
  labelValueCountByLabelName: Counted,
});

export const SilencedAlerts = z.array(
  z.object({
    labels: Labels.default({}),
    status: z.object({ silencedBy: z.array(z.string()).default([]), inhibitedBy: z.array(z.string()).default([]) }),
  }),
);
export type SilencedAlerts = z.output<typeof SilencedAlerts>;
