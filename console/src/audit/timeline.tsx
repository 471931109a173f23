// What belongs together in the order in which it happened, with the times between.

import { sayInstant } from "../parts/clock.ts";
import { sayTimeInFull } from "../parts/moment.ts";
import { saySpan } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { whatOf } from "./words.ts";
import type { AuditEvent, AuditRow } from "./api.ts";

export interface TimelineProps {
  readonly event: AuditEvent;
  readonly query: string;
}

/** As many as the server hands out. */
const MAX_ENTRIES = 200;

export function Timeline({ event: { row, timeline }, query }: TimelineProps) {
  const entries = timeline.length === 0 ? [row] : timeline;
  return (
    <section class="block" aria-labelledby="event-timeline">
      <h3 id="event-timeline">Timeline</h3>
      <ol class="timeline">
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            class={`timeline-entry timeline-${toneOf(entry)}${entry.id === row.id ? " timeline-this" : ""}`}
          >
            <Entry entry={entry} before={entries[index - 1]} query={query} isThis={entry.id === row.id} />
          </li>
        ))}
      </ol>
      {entries.length >= MAX_ENTRIES && (
        <p class="quiet">Only the first {MAX_ENTRIES} are shown: search for the call or the approval to see all.</p>
      )}
    </section>
  );
}

interface EntryProps {
  readonly entry: AuditRow;
  readonly before: AuditRow | undefined;
  readonly query: string;
  readonly isThis: boolean;
}

function Entry({ entry, before, query, isThis }: EntryProps) {
  const { id, ts, actor, reason } = entry;
  const isOther = before !== undefined && before.actor !== actor;
  return (
    <>
      <span class="timeline-when">
        <time dateTime={ts} title={sayTimeInFull(ts)}>
          {sayInstant(ts)}
        </time>
        {before && <span class="quiet">+{saySpan(Math.max(0, Date.parse(ts) - Date.parse(before.ts)))}</span>}
      </span>
      <span class="timeline-what">
        <Link to={{ page: "audit", query, event: { id, at: ts } }} isCurrent={isThis}>
          <Text value={whatOf(entry)} />
        </Link>{" "}
        <OutcomeBadge row={entry} />
        {reason !== undefined && (
          <code>
            <Text value={reason} />
          </code>
        )}
        {(isOther || before === undefined) && (
          <span class="quiet timeline-who">
            by <Text value={actor} />
          </span>
        )}
      </span>
    </>
  );
}

function toneOf({ phase, outcome }: AuditRow): "good" | "bad" | "plain" {
  if (phase === "intent" || outcome === undefined) return "plain";
  if (outcome === "ok") return "good";
  return outcome === "failed" || outcome === "unknown" || outcome === "refused" ? "bad" : "plain";
}
