// All open sessions, or those of one principal.

import { useEffect, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { Empty, Failed, Loading, Outdated } from "../parts/state.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { useWatched } from "../state/use-watched.ts";
import { ListBar } from "./list-bar.tsx";
import { NotTold } from "./not-told.tsx";
import { SessionTable } from "./table.tsx";
import { count } from "./words.ts";
import type { Listed, Roster } from "./roster.ts";

/** Each look asks every session that is listed. */
const GAP_MS = 3_000;

export function SessionList({ principal }: { readonly principal: string }) {
  const { desk } = useConsole();
  const roster = desk.roster(principal);
  const shown = useWatched(roster.shown);
  useEffect(() => {
    const now = roster.shown.now();
    if (now.is === "ready") roster.tidy(now.value.order);
  }, [roster]);
  useActivity({ kinds: ["sessions", "calls"], gapMs: GAP_MS, look: roster.shown.refresh });
  const retry = () => void roster.shown.refresh();
  return (
    <div class="desk">
      <header class="desk-head">
        <h1>Live</h1>
        {shown.is === "ready" && <Sums listed={shown.value} />}
      </header>
      <ListBar principal={principal} roster={roster} listed={shown.is === "ready" ? shown.value : undefined} />
      <NotTold onLook={retry} />
      {shown.is === "loading" && <Loading what="the sessions" rows={6} />}
      {shown.is === "failed" && <Failed what="The sessions" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && <Rows listed={shown.value} roster={roster} principal={principal} />}
    </div>
  );
}

function Sums({ listed: { rows, total } }: { readonly listed: Listed }) {
  const open = rows.filter(({ mark }) => mark !== "ended").map(({ session }) => session);
  const underWay = open.reduce((sum, { in_flight }) => sum + in_flight.length, 0);
  const perMinute = open.reduce((sum, { calls_per_minute }) => sum + calls_per_minute, 0);
  return (
    <p class="sums">
      <span>{count(total, "session")}</span>
      <span>{count(underWay, "call")} under way</span>
      <span>{count(perMinute, "call")} a minute</span>
      {open.length < total && <span class="quiet">of the {open.length} shown</span>}
    </p>
  );
}

interface RowsProps {
  readonly listed: Listed;
  readonly roster: Roster;
  readonly principal: string;
}

function Rows({ listed, roster, principal }: RowsProps) {
  if (listed.rows.length === 0) return <Nobody principal={principal} />;
  return (
    <>
      <SessionTable rows={listed.rows} principal={principal} />
      {listed.hasMore && <More roster={roster} left={listed.total - listed.rows.length} />}
    </>
  );
}

function More({ roster, left }: { readonly roster: Roster; readonly left: number }) {
  const [isBusy, setBusy] = useState(false);
  const more = async () => {
    setBusy(true);
    await roster.loadMore();
    setBusy(false);
  };
  const words = left > 0 ? `Show more of the other ${left}` : "Show more";
  return (
    <button type="button" class="button desk-more" disabled={isBusy} onClick={() => void more()}>
      {isBusy ? "Loading…" : words}
    </button>
  );
}

function Nobody({ principal }: { readonly principal: string }) {
  if (principal === "") {
    return (
      <Empty title="Nobody is connected">
        <p>When an agent connects, its session appears here by itself.</p>
      </Empty>
    );
  }
  return (
    <Empty title="This principal has no open session">
      <p>
        <code>
          <Text value={principal} />
        </code>
      </p>
      <p>
        <Link to={{ page: "live" }}>Show all sessions</Link>
      </p>
    </Empty>
  );
}
