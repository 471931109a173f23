// A run as it goes, step by step, and loudly where nobody can say what became of a change.

import { useEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Badge } from "../parts/badge.tsx";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { useWatched } from "../state/use-watched.ts";
import { RunEnding } from "./run-ending.tsx";
import { RunSteps } from "./run-steps.tsx";
import { StopRun } from "./stop-run.tsx";
import { isUnderWay, RUN_LOOKS } from "./words.ts";
import type { Run } from "../api/contract.ts";

export function RunPanel({ id }: { readonly id: string }) {
  const { run: runOf } = useConsole();
  const resource = runOf(id);
  const shown = useWatched(resource);
  useEffect(() => void resource.refresh(), [resource]);
  const retry = () => void resource.refresh();
  return (
    <section class="block run" aria-labelledby="run-title">
      <h3 id="run-title">Run</h3>
      {shown.is === "loading" && <Loading what="the run" />}
      {shown.is === "failed" && <Failed what="The run" problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && shown.problem && <Outdated problem={shown.problem} onRetry={retry} />}
      {shown.is === "ready" && <Progress run={shown.value} onChanged={resource.put} />}
    </section>
  );
}

interface ProgressProps {
  readonly run: Run;
  readonly onChanged: (run: Run) => void;
}

function Progress({ run, onChanged }: ProgressProps) {
  const { announcement } = useConsole();
  const { tone, icon, word } = RUN_LOOKS[run.state];
  useEffect(() => announcement.put(`Run: ${word}.`), [run.state]);
  return (
    <>
      <p class="run-state">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <span class="quiet">
          {sayProgress(run)}, started <When at={run.started_at} />
          {run.ended_at !== undefined && (
            <>
              , ended <When at={run.ended_at} />
            </>
          )}
        </span>
      </p>
      <RunEnding run={run} />
      <RunSteps steps={run.steps} isOver={!isUnderWay(run.state)} />
      {isUnderWay(run.state) && <StopRun run={run} onChanged={onChanged} />}
    </>
  );
}

function sayProgress({ steps }: Run): string {
  const main = steps.filter(({ phase }) => phase === "steps");
  const done = main.filter(({ state }) => state === "done").length;
  return `${done} of ${main.length} steps done`;
}
