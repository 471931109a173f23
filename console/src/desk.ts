// What the pages of sessions, tools, keys and the policy know. Kept while the console is open, whichever page is shown.

import { keysApi } from "./keys/api.ts";
import { sessionsApi } from "./sessions/api.ts";
import { createRoster } from "./sessions/roster.ts";
import { createResource } from "./state/resource.ts";
import { createSignal } from "./state/signal.ts";
import { toolsApi } from "./tools/api.ts";
import { ALL_TOOLS } from "./tools/families.ts";
import type { Client } from "./api/client.ts";
import type { Keys, KeysApi, NewKey } from "./keys/api.ts";
import type { LiveSession, SessionsApi } from "./sessions/api.ts";
import type { Roster, RosterParts } from "./sessions/roster.ts";
import type { Resource } from "./state/resource.ts";
import type { Signal } from "./state/signal.ts";
import type { PolicyView, ToolCatalogue, ToolsApi } from "./tools/api.ts";
import type { ToolFilter } from "./tools/families.ts";
import type { MadeCall } from "./tools/made-call.ts";
import type { Draft } from "./tools/draft.ts";

export interface Desk {
  readonly sessionsApi: SessionsApi;
  readonly toolsApi: ToolsApi;
  readonly keysApi: KeysApi;
  /** The open sessions of a principal; of everybody for "". */
  readonly roster: (principal: string) => Roster;
  readonly session: (id: string) => Resource<LiveSession>;
  readonly tools: Resource<ToolCatalogue>;
  readonly policy: Resource<PolicyView>;
  readonly keys: Resource<Keys>;
  /** A key that was just made. Here and nowhere else, so that no way back or forth loses it before it is copied. */
  readonly newKey: Signal<NewKey | undefined>;
  /** Which tools are listed. */
  readonly toolFilter: Signal<ToolFilter>;
  /** The calls made from here, newest first. */
  readonly calls: Signal<readonly MadeCall[]>;
  /** What was typed for each tool. */
  readonly toolDrafts: Map<string, Draft>;
}

export function createDesk(client: Client, clock: RosterParts["clock"]): Desk {
  const [sessions, tools, keys] = [sessionsApi(client), toolsApi(client), keysApi(client)];
  return {
    sessionsApi: sessions,
    toolsApi: tools,
    keysApi: keys,
    roster: once((principal) => createRoster({ api: sessions, principal, clock })),
    session: once((id) => createResource(() => sessions.one(id))),
    tools: createResource(() => tools.catalogue()),
    policy: createResource(() => tools.policy()),
    keys: createResource(async () => {
      const answer = await keys.list();
      if (answer.ok) clock.set(answer.value.now);
      return answer;
    }),
    newKey: createSignal<NewKey | undefined>(undefined),
    toolFilter: createSignal(ALL_TOOLS),
    calls: createSignal<readonly MadeCall[]>([]),
    toolDrafts: new Map(),
  };
}

/** What is made for a name is made once. */
function once<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const one = made.get(name) ?? make(name);
    made.set(name, one);
    return one;
  };
}
