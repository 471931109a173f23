// Why the server was of no help, and what to say about it.

import type { ApprovalCard, SignIn } from "./contract.ts";

export type Problem =
  | { readonly kind: "unauthenticated"; readonly signIn: SignIn; readonly detail: string }
  /** The server understood and said no. `reason` is for programs, `detail` for people. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly reason: string;
      readonly detail: string;
      /** With a conflict: how it is now. */
      readonly current?: ApprovalCard | undefined;
    }
  /** Nobody answered: what was asked may or may not have happened. */
  | { readonly kind: "unreachable" }
  /** Something answered that is not the server of this page. */
  | { readonly kind: "unexpected"; readonly status: number };

export function sayProblem(problem: Problem): string {
  switch (problem.kind) {
    case "unauthenticated":
    case "refused":
      return problem.detail;
    case "unreachable":
      return "Gatehouse cannot be reached. Check your connection and try again; what you typed is kept.";
    case "unexpected":
      return `Something unexpected answered (status ${problem.status}). Reload the page; if it stays, tell whoever runs this deployment.`;
  }
}
