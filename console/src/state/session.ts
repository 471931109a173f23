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

/**
 * Another person may sign in where one's session ended: `onOther` must then forget everything that was shown and typed.
 * The client asks the session for its token and the session asks through the client, hence the function.
 */
export function createSession(client: () => Client, onOther: () => void): Session {
  const standing = createSignal<Standing>({ is: "asking" });
  let lastId: string | undefined;
  const admit = (me: Me) => {
    if (lastId !== undefined && lastId !== me.principal.id) onOther();
    lastId = me.principal.id;
    standing.put({ is: "signed-in", me });
  };
  return {
    now: standing.now,
    watch: standing.watch,
    ask: async () => {
      const answer = await client().me();
      if (answer.ok) admit(answer.value);
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
