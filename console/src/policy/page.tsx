// Who may do what, and what the policy would say of a call.

import { useEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { Text } from "../parts/text.tsx";
import { useWatched } from "../state/use-watched.ts";
import { Matrix } from "./matrix.tsx";
import { Roles } from "./roles.tsx";
import { Simulator } from "./simulator.tsx";
import type { PolicyView } from "../tools/api.ts";

const GAP_MS = 5_000;

export function PolicyPage() {
  const { desk } = useConsole();
  const shown = useWatched(desk.policy);
  // No change of these is told of: they are fetched again whenever somebody comes back.
  useActivity({ kinds: [], gapMs: GAP_MS, look: desk.policy.refresh });
  const retry = () => void desk.policy.refresh();
  return (
    <div class="desk">
      <header class="desk-title">
        <h1>Policy</h1>
        <p class="lead">
          It is written in <code>gatehouse.json</code>, reviewed there, and changes with a deployment: not here.
        </p>
      </header>
      {shown.is === "loading" && <Loading what="the policy" rows={4} />}
      {shown.is === "failed" && <Failed what="The policy" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && <Whole policy={shown.value} />}
    </div>
  );
}

function Whole({ policy }: { readonly policy: PolicyView }) {
  return (
    <>
      <section class="block" aria-labelledby="matrix">
        <h2 id="matrix">
          Roles and permissions{" "}
          <span class="quiet">
            version{" "}
            <code>
              <Text value={policy.version} />
            </code>
          </span>
        </h2>
        <Matrix policy={policy} />
      </section>
      <section class="block" aria-labelledby="ask">
        <h2 id="ask">May somebody call something, and why?</h2>
        <Ask />
      </section>
      <Roles policy={policy} />
    </>
  );
}

function Ask() {
  const { desk } = useConsole();
  const tools = useWatched(desk.tools);
  useEffect(() => void desk.tools.refresh(), [desk]);
  if (tools.is === "loading") return <Loading what="the tools" rows={1} />;
  if (tools.is === "failed") {
    return <Failed what="The tools" problem={tools.problem} onRetry={() => void desk.tools.refresh()} />;
  }
  return <Simulator tools={tools.value.tools} clusters={tools.value.clusters} />;
}
