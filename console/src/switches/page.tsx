// The kill switches: what is off, who switched it off and why, and switching off something more.

import { useConsole } from "../console-context.ts";
import { Empty, Failed, Loading, Outdated } from "../parts/state.tsx";
import { useWatched } from "../state/use-watched.ts";
import { SwitchCard } from "./switch-card.tsx";
import { SwitchOff } from "./switch-off.tsx";
import type { SwitchList } from "../api/contract.ts";

export function SwitchesPage() {
  const { switches, session } = useConsole();
  const shown = useWatched(switches);
  const standing = useWatched(session);
  const may = standing.is === "signed-in" && standing.me.permissions.includes("runbooks:kill");
  const retry = () => void switches.refresh();
  return (
    <div class="sheet">
      <h1>Kill switches</h1>
      <p class="lead">
        Switching off stops runs before their next step and refuses new ones. It takes one person; switching on again
        takes another.
      </p>
      <h2>What is off</h2>
      {shown.is === "loading" && <Loading what="the kill switches" rows={2} />}
      {shown.is === "failed" && <Failed what="The kill switches" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && <Listed list={shown.value} />}
      <h2>Switch off</h2>
      <SwitchOff may={may} />
    </div>
  );
}

function Listed({ list }: { readonly list: SwitchList }) {
  if (list.switches.length === 0) {
    return (
      <Empty title="Nothing is off">
        <p>Approved runbooks run.</p>
      </Empty>
    );
  }
  return (
    <ul class="switches">
      {list.switches.map((one) => (
        <li key={`${one.scope} ${one.name}`}>
          <SwitchCard off={one} />
        </li>
      ))}
    </ul>
  );
}
