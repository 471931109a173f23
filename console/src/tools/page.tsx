// What there is to call, who may and why, and calling it as oneself.

import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { Empty, Failed, Loading, Outdated } from "../parts/state.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { useWatched } from "../state/use-watched.ts";
import { Catalogue } from "./catalogue.tsx";
import { ToolDetail } from "./detail.tsx";
import type { Route } from "../router/route.ts";
import type { ToolCatalogue } from "./api.ts";

const GAP_MS = 5_000;

export function ToolsPage({ route: { tool } }: { readonly route: Extract<Route, { page: "tools" }> }) {
  const { desk } = useConsole();
  const shown = useWatched(desk.tools);
  // No change of these is told of: they are fetched again whenever somebody comes back.
  useActivity({ kinds: [], gapMs: GAP_MS, look: desk.tools.refresh });
  const retry = () => void desk.tools.refresh();
  return (
    <div class={`desk${tool === undefined ? "" : " desk-one"}`}>
      {shown.is !== "ready" && <h1>Tools</h1>}
      {shown.is === "loading" && <Loading what="the tools" rows={6} />}
      {shown.is === "failed" && <Failed what="The tools" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" &&
        (tool === undefined ? (
          <Catalogue catalogue={shown.value} />
        ) : (
          <One key={tool} name={tool} catalogue={shown.value} />
        ))}
    </div>
  );
}

function One({ name, catalogue }: { readonly name: string; readonly catalogue: ToolCatalogue }) {
  const tool = catalogue.tools.find((one) => one.name === name);
  if (tool) return <ToolDetail tool={tool} catalogue={catalogue} />;
  return (
    <>
      <h1>Tools</h1>
      <Empty title="There is no such tool">
        <p>
          <code>
            <Text value={name} />
          </code>
        </p>
        <p>
          <Link to={{ page: "tools" }}>All tools</Link>
        </p>
      </Empty>
    </>
  );
}
