// One row, whole: what happened before and after it, what is known of it, and whether it can be relied on.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Icon } from "../parts/icon.tsx";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Link } from "../router/link.tsx";
import { createResource } from "../state/resource.ts";
import { useMay } from "../state/use-may.ts";
import { useWatched } from "../state/use-watched.ts";
import { auditApi } from "./api.ts";
import { EventHeading } from "./event-heading.tsx";
import { EventLinks } from "./event-links.tsx";
import { Fields } from "./fields.tsx";
import { Integrity } from "./integrity.tsx";
import { Payload, usePayload } from "./payload.tsx";
import { Timeline } from "./timeline.tsx";
import type { Filtering } from "../filter/filtering.ts";
import type { AuditEvent, EventPlace } from "./api.ts";

export interface EventProps {
  readonly place: EventPlace;
  readonly filtering: Filtering;
  readonly query: string;
}

export function EventDetail({ place, filtering, query }: EventProps) {
  const { client } = useConsole();
  const event = useMemo(() => createResource(() => auditApi(client).event(place)), [client, place.id, place.at]);
  const shown = useWatched(event);
  const retry = () => void event.refresh();
  useEffect(() => void event.refresh(), [event]);
  return (
    <>
      <h1 class="unseen-words audit-alone">Audit</h1>
      <Link to={{ page: "audit", query }} class="back">
        <Icon name="back" /> All rows
      </Link>
      {shown.is === "loading" && <Loading what="the row" rows={3} />}
      {shown.is === "failed" && <Failed what="The row" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && (
        <>
          {shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
          <Event event={shown.value} filtering={filtering} query={query} />
        </>
      )}
    </>
  );
}

type TabKey = "story" | "payload";

function Event({ event, filtering, query }: Pick<EventProps, "filtering" | "query"> & { readonly event: AuditEvent }) {
  const may = useMay("audit:read_payload");
  const [tab, setTab] = useState<TabKey>("story");
  const { row } = event;
  const payload = usePayload({ id: row.id, at: row.ts });
  const title = useRef<HTMLHeadingElement>(null);
  // Whoever opened it goes on from here.
  useLayoutEffect(() => title.current?.focus({ preventScroll: true }), []);
  const story = <Story event={event} filtering={filtering} query={query} />;
  return (
    <article class="event">
      <EventHeading row={row} titleRef={title} />
      {may && row.has_payload ? (
        <Tabs
          label="Of this row"
          tabs={[
            { key: "story", title: "What happened" },
            { key: "payload", title: "Payload" },
          ]}
          shown={tab}
          onShow={setTab}
        >
          {tab === "story" ? story : <Payload payload={payload} />}
        </Tabs>
      ) : (
        story
      )}
    </article>
  );
}

function Story({ event, filtering, query }: Pick<EventProps, "filtering" | "query"> & { readonly event: AuditEvent }) {
  return (
    <div class="stack">
      <EventLinks row={event.row} filtering={filtering} />
      <Timeline event={event} query={query} />
      <Fields row={event.row} />
      <Integrity event={event} />
    </div>
  );
}
