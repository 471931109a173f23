// What stands where something should be: it is coming, it is not there, or it could not be had.

import { sayProblem } from "../api/problem.ts";
import { Notice } from "./notice.tsx";
import { Text } from "./text.tsx";
import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem.ts";

/** In the shape of what comes, so that nothing jumps when it does. */
export function Loading({ what, rows = 3 }: { readonly what: string; readonly rows?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen-words">Loading {what}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div class="loading-row" key={row} aria-hidden="true" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export interface FailedProps {
  readonly what: string;
  readonly problem: Problem;
  readonly onRetry: () => void;
}

export function Failed({ what, problem, onRetry }: FailedProps) {
  return (
    <Notice tone="danger" title={`${what} could not be loaded`} isUrgent>
      <p>
        <Text value={sayProblem(problem)} />
      </p>
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

/** For what was loaded once and is shown as it was then. */
export function Outdated({ problem, onRetry }: { readonly problem: Problem; readonly onRetry: () => void }) {
  return (
    <Notice tone="warning" title="This may be out of date">
      <p>
        <Text value={sayProblem(problem)} />
      </p>
      <button type="button" class="button button-small" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}
