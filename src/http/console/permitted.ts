// Who may use a route of the console. What is asked here is not of any cluster, so any grant of the permission will do.

import { authorize } from "../../access/grant.ts";
import { err, ok } from "../../result.ts";
import { problemOf } from "./answers.ts";
import type { Permission } from "../../access/permission.ts";
import type { Note } from "../../ports/approval-console.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";

/** One of them is enough. */
export function checkPermitted(
  { visit, services }: Asked,
  ...permissions: readonly Permission[]
): Result<undefined, Problem> {
  const { principal } = visit;
  if (permissions.some((permission) => authorize(principal, permission, services.policy).ok)) return ok(undefined);
  const needed = permissions.join(" or ");
  return err(notPermitted(`You need the permission ${needed}, and your roles or your token do not give it.`));
}

/** No permission makes a person of a program. */
export function checkPerson({ visit }: Asked): Result<undefined, Problem> {
  if (visit.principal.kind === "human") return ok(undefined);
  return err(notPermitted("This is for people, and this credential belongs to a program."));
}

export function notPermitted(detail: string): Problem {
  return { status: 403, reason: "permission_denied", detail };
}

/** Whoever tries what they may not is written down as well. */
export async function refusedAndNoted(refusal: Problem, note: Note, { desk, visit }: Asked): Promise<Problem> {
  const noted = await desk.note({ ...note, outcome: "refused", reason: refusal.reason }, visit);
  return noted.ok ? refusal : problemOf(noted.error);
}
