// The one thing that may be posted: the question what the asker may do, by which the proxy proves itself read-only.
import * as z from "zod";
import { readExchange } from "./recording.ts";

/** Whose rights are answered: those of the proxy's own account, or those that it must refuse to run with. */
export type Rules = "reader" | "admin";

export const RULES_REVIEW_PATH = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

const FILES = {
  reader: "auth/self-subject-rules-review-reader-shop",
  admin: "auth/self-subject-rules-review-cluster-admin-shop",
} as const satisfies Record<Rules, string>;

/** The same rights in every namespace, as the component `cluster-wide` binds them. */
export async function loadRulesReview(rules: Rules): Promise<object> {
  return z.looseObject({}).parse((await readExchange(FILES[rules])).body);
}
