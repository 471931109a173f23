// From what a caller asked to what a backend is asked: patterns compiled, selectors checked, the window made of moments.
import { durationMs, momentMs } from "../contract/index.ts";
import { fail } from "../failure.ts";
import { checkLabelSelector } from "../kubernetes/selectors.ts";
import { compileNamePattern } from "../pattern.ts";
import { ok } from "../result.ts";

import type * as z from "zod";
import type { ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { LogQuestion } from "./log-source.ts";

const DEFAULT_SPAN = "15m";

export type Selection = z.output<typeof ROUTES.logPatterns.request>;
type Given = Selection & Partial<Pick<LogQuestion, "order">>;

export function questionOf(asked: Given, now: number): Result<LogQuestion, Failure> {
  const isPod = asked.pod_pattern === undefined ? ok(() => true) : compileNamePattern(asked.pod_pattern);
  if (!isPod.ok) return isPod;
  const selector = asked.label_selector === undefined ? ok(undefined) : checkLabelSelector(asked.label_selector);
  if (!selector.ok) return selector;

  const sinceMs = begins(asked, now);
  const untilMs = asked.until === undefined ? now : momentMs(asked.until, now);
  if (untilMs <= sinceMs) {
    return fail(
      "invalid_request",
      "until is before since begins: since counts back from now, so ask with a longer one",
    );
  }
  return ok({
    namespace: asked.namespace,
    isPod: isPod.value,
    labelSelector: selector.value,
    container: asked.container,
    previous: asked.previous,
    sinceMs,
    // A node's clock may be ahead of ours: without an end asked for, there is none.
    untilMs: asked.until === undefined ? Infinity : untilMs,
    order: asked.order ?? "newest",
  });
}

/** The run before a restart may have ended long ago, and its end is what is asked for. */
function begins({ since, previous }: Given, now: number): number {
  if (since === undefined && previous) return 0;
  return now - durationMs(since ?? DEFAULT_SPAN);
}
