// Who holds which key, and making, replacing and revoking them.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { Empty, Failed, Loading, Outdated } from "../parts/state.tsx";
import { useWatched } from "../state/use-watched.ts";
import { Changing } from "./changing.tsx";
import { KeyBar } from "./key-bar.tsx";
import { KeyTable } from "./key-table.tsx";
import { ACTIVE_KEYS, countByState, soughtKeys } from "./sought.ts";
import type { Keys } from "./api.ts";
import type { Change } from "./changing.tsx";

const GAP_MS = 2_000;

export function KeysPage() {
  const { desk } = useConsole();
  const shown = useWatched(desk.keys);
  useActivity({ kinds: ["keys"], gapMs: GAP_MS, look: desk.keys.refresh });
  const retry = () => void desk.keys.refresh();
  return (
    <div class="desk">
      {shown.is !== "ready" && <h1>Keys</h1>}
      {shown.is === "loading" && <Loading what="the keys" rows={6} />}
      {shown.is === "failed" && <Failed what="The keys" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && <Whole keys={shown.value} />}
    </div>
  );
}

function Whole({ keys: { keys, roles } }: { readonly keys: Keys }) {
  const [filter, setFilter] = useState(ACTIVE_KEYS);
  const [change, setChange] = useState<Change>();
  const found = soughtKeys(keys, filter);
  return (
    <>
      <header class="desk-head">
        <div class="desk-title">
          <h1>Keys</h1>
          <p class="lead">Each agent comes in with a key of its own. A key is shown once, when it is made.</p>
        </div>
        <button type="button" class="button button-primary" onClick={() => setChange({ does: "create" })}>
          New key…
        </button>
      </header>
      <KeyBar filter={filter} counts={countByState(keys)} found={found.length} onChange={setFilter} />
      {found.length > 0 && <KeyTable keys={found} onChange={setChange} />}
      {found.length === 0 && (
        <Empty title={keys.length === 0 ? "There is no key yet" : "No key is like that"}>
          <p>{keys.length === 0 ? "Make one for the first agent." : "Look among the others, or for other words."}</p>
        </Empty>
      )}
      {change && <Changing change={change} roles={roles} onClose={() => setChange(undefined)} />}
    </>
  );
}
