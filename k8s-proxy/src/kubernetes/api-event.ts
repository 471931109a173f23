// The events of the API in one form: both the older with a count and the newer with a series, made safe as they are parsed.
import * as z from "zod";
import { safe } from "../safe.ts";
import { Reason, Timestamp, Word } from "./api-text.ts";

const Moment = Timestamp.nullish();
/** Causes stand at the end of a message: "failed to pull …: failed to resolve …: no such host". */
const Message = z
  .string()
  .nullish()
  .transform((text) => safe(text ?? "", 500));

const RawEvent = z.object({
  metadata: z.object({ namespace: Word.nullish(), creationTimestamp: Moment }),
  involvedObject: z.object({ kind: Word.default(""), name: Word.default(""), uid: z.string().nullish() }),
  type: Word.default("Normal"),
  reason: Reason,
  message: Message,
  count: z.int().nullish(),
  firstTimestamp: Moment,
  lastTimestamp: Moment,
  eventTime: Moment,
  series: z.object({ count: z.int().nullish(), lastObservedTime: Moment }).nullish(),
  source: z.object({ component: Reason }).nullish(),
  reportingComponent: Reason,
});

export interface ApiEvent {
  readonly namespace: string | undefined;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly source: string | undefined;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export const ApiEvent = RawEvent.transform((event): ApiEvent => {
  const { metadata, involvedObject, series } = event;
  const first = event.firstTimestamp ?? event.eventTime ?? metadata.creationTimestamp;
  const last = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? first;
  return {
    namespace: metadata.namespace ?? undefined,
    type: event.type,
    reason: event.reason ?? "",
    kind: involvedObject.kind,
    name: involvedObject.name,
    message: event.message,
    source: event.source?.component ?? event.reportingComponent,
    count: Math.max(1, series?.count ?? event.count ?? 1),
    firstMs: msOf(first ?? last),
    lastMs: msOf(last),
  };
});

/** An event without any moment is as old as can be. */
const msOf = (moment: string | null | undefined) => (moment ? Date.parse(moment) : 0);
