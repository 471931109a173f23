// The question that leads a person to the page: MCP's elicitation in URL mode. The decision itself is never an answer to it.

import * as z from "zod";
import { once } from "../once.ts";
import type { Approval } from "../ports/approvals.ts";

/** 2025-11-25 and 2026-07-28, client/elicitation §URL Mode. The address opens nothing: whoever follows it signs in. */
export function askPage({ id, runbook, cluster }: Approval, url: string) {
  return {
    method: "elicitation/create",
    params: {
      mode: "url",
      elicitationId: id,
      url,
      message: `A human must approve the runbook "${runbook.title}" (risk: ${runbook.risk}) on cluster ${cluster}.`,
    },
  } as const;
}

const Answer = once(() => z.object({ action: z.string() }));

/** That the person will go there: what they decide there is another matter. */
export function answeredYes(answer: unknown): boolean {
  return Answer().safeParse(answer).data?.action === "accept";
}
