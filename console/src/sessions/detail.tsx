// One session, whole: whose it is, what it does, what it has left, and stepping in.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useShortcuts } from "../frame/shortcuts.ts";
import { useActivity } from "../live/use-activity.ts";
import { Icon } from "../parts/icon.tsx";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { focusLinkTo } from "../router/focus-link.ts";
import { Link } from "../router/link.tsx";
import { useWatched } from "../state/use-watched.ts";
import { SessionFacts } from "./facts.tsx";
import { SessionHead } from "./head.tsx";
import { InFlight } from "./in-flight.tsx";
import { Left } from "./left.tsx";
import { NotTold } from "./not-told.tsx";
import { Ended } from "./ended.tsx";
import { SteppingIn } from "./stepping-in.tsx";
import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem.ts";
import type { LiveSession } from "./api.ts";
import type { Step } from "./stepping-in.tsx";

const GAP_MS = 1_000;

export function SessionDetail({ id, principal }: { readonly id: string; readonly principal: string }) {
  const { desk, navigator } = useConsole();
  const resource = desk.session(id);
  const shown = useWatched(resource);
  const back = { page: "live", ...(principal === "" ? {} : { principal }) } as const;
  useActivity({ kinds: ["sessions", "calls"], gapMs: GAP_MS, look: resource.refresh });
  useShortcuts({
    Escape: () => {
      navigator.go(back);
      focusLinkTo({ ...back, session: id });
    },
  });
  const retry = () => void resource.refresh();
  return (
    <div class="desk desk-one">
      <p>
        <Link to={back} class="desk-back">
          <Icon name="back" /> All sessions
        </Link>
      </p>
      {shown.is !== "ready" && <h1>Session</h1>}
      {shown.is === "loading" && <Loading what="the session" rows={4} />}
      {shown.is === "failed" && hasEnded(shown.problem) && <Ended id={id} />}
      {shown.is === "failed" && !hasEnded(shown.problem) && (
        <Failed what="The session" problem={shown.problem} onRetry={retry} />
      )}
      {shown.is === "ready" && (
        <Whole session={shown.value} problem={shown.problem} onRetry={retry}>
          <NotTold onLook={retry} />
        </Whole>
      )}
    </div>
  );
}

interface WholeProps {
  readonly session: LiveSession;
  readonly problem: Problem | undefined;
  readonly onRetry: () => void;
  readonly children: ComponentChildren;
}

function Whole({ session, problem, onRetry, children }: WholeProps) {
  const [step, setStep] = useState<Step>();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const isOver = problem !== undefined && hasEnded(problem);
  return (
    <article class="session" aria-labelledby="session-title">
      <SessionHead session={session} isOver={isOver} heading={heading} onStep={setStep} />
      {isOver && <Ended id={session.id} />}
      {problem && !isOver && <Outdated problem={problem} onRetry={onRetry} />}
      {children}
      <div class="desk-columns">
        <div class="desk-main">
          <InFlight session={session} isOver={isOver} onStep={setStep} />
          <Left session={session} />
        </div>
        <SessionFacts session={session} />
      </div>
      {step && <SteppingIn session={session} step={step} onClose={() => setStep(undefined)} />}
    </article>
  );
}

function hasEnded(problem: Problem): boolean {
  return problem.kind === "refused" && problem.status === 404;
}
