// From when to when: one of the usual ranges, each a link, or two moments.

import { useState } from "preact/hooks";
import { spanOf } from "../../../src/http/console/contract/audit-filter.ts";
import { useConsole } from "../console-context.ts";
import { fromField, sayZone, toField } from "../parts/clock.ts";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../router/link.tsx";
import { during, filterOf, queryOf } from "./filtering.ts";
import { MomentField } from "./moment-field.tsx";
import { RANGES, sayTimeOf } from "./words.ts";
import type { AuditFilter, Filtering } from "./filtering.ts";

export function RangeChoice({ filter, to }: Filtering) {
  const { time } = filter;
  const [isOpen, setOpen] = useState(false);
  const { clock } = useConsole();
  const isOwn = !("last" in time);
  return (
    <div class="range">
      <nav class="range-presets" aria-label="Time range">
        {RANGES.map(([range, words]) => (
          <Link key={range} to={to(during(filter, { last: range }))} isCurrent={!isOwn && time.last === range}>
            {words}
          </Link>
        ))}
      </nav>
      <button
        type="button"
        class={`button range-own${isOwn ? " range-own-set" : ""}`}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="clock" />
        <span>{isOwn ? sayTimeOf(time, clock.nowMs()) : "From … to …"}</span>
      </button>
      {isOpen && <Moments filter={filter} to={to} onDone={() => setOpen(false)} />}
    </div>
  );
}

function Moments({ filter, to, onDone }: Filtering & { readonly onDone: () => void }) {
  const { clock, navigator } = useConsole();
  const [{ fromMs, toMs }] = useState(() => spanOf(filter.time, clock.nowMs()));
  const [from, setFrom] = useState(toField(fromMs));
  const [until, setUntil] = useState(toField(toMs));
  const [fault, setFault] = useState<string>();
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const next = chosen(filter, fromField(from), fromField(until));
    if (typeof next === "string") {
      setFault(next);
      return;
    }
    onDone();
    navigator.go(to(next));
  };
  return (
    <form class="moments" onSubmit={apply} noValidate aria-label="From one moment to another">
      <MomentField label="From" zone={sayZone(fromMs)} value={from} onInput={setFrom} isWrong={fault !== undefined} />
      <MomentField label="To" zone={sayZone(toMs)} value={until} onInput={setUntil} isWrong={fault !== undefined} />
      <button type="submit" class="button button-primary">
        Show
      </button>
      {fault !== undefined && (
        <p class="field-fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}

/** Or what is wrong with it. */
function chosen(filter: AuditFilter, fromMs: number | undefined, toMs: number | undefined): AuditFilter | string {
  if (fromMs === undefined || toMs === undefined) return "Give both moments, each with a date and a time.";
  const next = during(filter, { fromMs, toMs });
  const checked = filterOf(queryOf(next));
  return "message" in checked ? `${checked.param === "from" ? "From" : "To"} ${checked.message}.` : next;
}
