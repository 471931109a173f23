// Who looks at the page. The server knows it by a cookie or by Access; the page only asks.

import { createSignal } from "./signal.ts";
import type { Client } from "../api/client.ts";
import type { Me, SignIn } from "../api/contract.ts";
import type { Problem } from "../api/problem.ts";
import type { Watched } from "./use-watched.ts";

export type Standing =
  | { readonly is: "asking" }
  | { readonly is: "signed-in"; readonly me: Me }
  | { readonly is: "signed-out"; readonly signIn: SignIn }
  | { readonly is: "failed"; readonly problem: Problem };

export interface Session extends Watched<Standing> {
  readonly ask: () => Promise<void>;
  readonly end: (signIn: SignIn) => void;
  readonly csrf: () => string | undefined;
}

/** The client asks the session for its token and the session asks through the client, hence the function. */
export function createSession(client: () => Client): Session {
  const standing = createSignal<Standing>({ is: "asking" });
  return {
    now: standing.now,
    watch: standing.watch,
    ask: async () => {
      const answer = await client().me();
      if (answer.ok) standing.put({ is: "signed-in", me: answer.value });
      // Who is signed in and meets an outage remains so: the parts of the page say for themselves what they lack.
      else if (answer.error.kind !== "unauthenticated" && standing.now().is !== "signed-in") {
        standing.put({ is: "failed", problem: answer.error });
      }
    },
    end: (signIn) => standing.put({ is: "signed-out", signIn }),
    csrf: () => {
      const now = standing.now();
      return now.is === "signed-in" ? now.me.csrf : undefined;
    },
  };
}
