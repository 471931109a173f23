// The page's parts, put together once: what it knows, how it hears of changes, and whom it asks.

import { isActivity, isChange } from "./api/checks.ts";
import { createClient } from "./api/client.ts";
import { createDesk } from "./desk.ts";
import { createPreferences } from "./frame/preferences.ts";
import { createLookers } from "./live/lookers.ts";
import { createLive } from "./live/socket.ts";
import { createNavigator } from "./router/navigator.ts";
import { createResource } from "./state/resource.ts";
import { createServerClock } from "./state/server-clock.ts";
import { createSession } from "./state/session.ts";
import { createSignal } from "./state/signal.ts";
import type { Client } from "./api/client.ts";
import type { Activity, ApprovalCard, ApprovalList, Change, Run, SwitchList } from "./api/contract.ts";
import type { Draft } from "./approvals/draft.ts";
import type { Desk } from "./desk.ts";
import type { PreferenceStore } from "./frame/preferences.ts";
import type { Lookers } from "./live/lookers.ts";
import type { Listener, Live } from "./live/socket.ts";
import type { Navigator } from "./router/navigator.ts";
import type { Resource } from "./state/resource.ts";
import type { ServerClock } from "./state/server-clock.ts";
import type { Session } from "./state/session.ts";
import type { Signal } from "./state/signal.ts";

export interface Console {
  readonly client: Client;
  readonly session: Session;
  readonly navigator: Navigator;
  readonly live: Live;
  /** The other socket: calls, sessions, keys, audit, health. */
  readonly activity: Live;
  /** Something of a page that must be looked at again when one of these has changed; call to end it. */
  readonly onActivity: (kinds: readonly Activity["changed"][], look: () => void) => () => void;
  readonly clock: ServerClock;
  readonly preferences: PreferenceStore;
  readonly open: Resource<ApprovalList>;
  readonly ended: Resource<ApprovalList>;
  readonly switches: Resource<SwitchList>;
  readonly card: (id: string) => Resource<ApprovalCard>;
  readonly run: (id: string) => Resource<Run>;
  /** What was typed about each approval. Kept while the page is open, whatever happens to the form. */
  readonly drafts: Map<string, Draft>;
  readonly desk: Desk;
  /** Said to those who listen to the page instead of looking at it. */
  readonly announcement: Signal<string>;
}

/** More than anybody has open at a time. */
const OPEN_LIMIT = 100;
const ENDED_LIMIT = 50;
/** A window that only lost the focus for a moment has missed nothing. */
const FRESH_MS = 5_000;

export function createConsole(window: Window & typeof globalThis): Console {
  const clock = createServerClock(() => Date.now());
  const reload = () => window.location.reload();
  const session = createSession(() => client, reload);
  const client = createClient((input, init) => window.fetch(input, init), {
    csrf: session.csrf,
    onSignedOut: session.end,
  });
  const { open, ended, switches } = createLists(client, clock);
  const listed = (id: string) =>
    [open, ended]
      .map((resource) => resource.now())
      .flatMap((shown) => (shown.is === "ready" ? shown.value.approvals : []))
      .find((card) => card.id === id);
  const cards = kept((id) => createResource(() => client.approval(id), listed(id)));
  const runs = kept((id) => createResource(() => client.run(id)));
  const known = { lists: [open, ended, switches], cards, runs };

  const lookers = createLookers();
  const { live, activity } = createSockets(window, {
    lookers,
    onChange: (change) => refreshWhatChanged(change, known),
    onOpen: () => refreshAll(known),
    onRefused: () => void session.ask(),
  });
  const parts = {
    ...{ client, session, live, activity, clock, open, ended, switches },
    onActivity: lookers.add,
    card: cards.get,
    run: runs.get,
    desk: createDesk(client, clock),
  };
  attend(window, () => {
    live.wake();
    activity.wake();
    lookers.tellAll();
    refreshAll(known);
  });
  return { ...parts, ...createOwn(window), drafts: new Map(), announcement: createSignal("") };
}

/** What the window itself keeps. */
function createOwn(window: Window) {
  const preferences = createPreferences(() => window.localStorage, window.document.documentElement);
  return { navigator: createNavigator(window), preferences };
}

function createLists(client: Client, clock: ServerClock) {
  const list = (state: "open" | "ended", limit: number) =>
    createResource(async () => {
      const answer = await client.approvals(state, limit);
      if (answer.ok) clock.set(answer.value.now);
      return answer;
    });
  return {
    open: list("open", OPEN_LIMIT),
    ended: list("ended", ENDED_LIMIT),
    switches: createResource(() => client.switches()),
  };
}

interface Listening extends Pick<Listener<Change>, "onChange" | "onOpen" | "onRefused"> {
  readonly lookers: Lookers;
}

function createSockets(window: Window & typeof globalThis, { lookers, ...listening }: Listening) {
  const activity = createLive(() => new window.WebSocket(liveAddress(window.location, "activity")), {
    isFrame: isActivity,
    onChange: ({ changed }) => lookers.tell(changed),
    onOpen: () => lookers.tellAll(),
    onRefused: () => undefined,
  });
  const live = createLive(() => new window.WebSocket(liveAddress(window.location, "live")), {
    isFrame: isChange,
    ...listening,
  });
  return { live, activity };
}

type Refreshed = Pick<Resource<unknown>, "refresh" | "isWatched">;

interface Known {
  readonly lists: readonly Refreshed[];
  readonly cards: Kept<Refreshed>;
  readonly runs: Kept<Refreshed>;
}

function refreshWhatChanged(change: Change, { lists, cards, runs }: Known): void {
  // Whatever changed, a list may show it: that an approval has a run, or that its runbook is switched off.
  refreshWatched(lists);
  if (change.changed === "approval") refreshWatched(cards.those(change.id));
  if (change.changed === "run") refreshWatched(runs.those(change.id));
}

function refreshAll({ lists, cards, runs }: Known): void {
  refreshWatched([...lists, ...cards.all(), ...runs.all()]);
}

function refreshWatched(resources: readonly Refreshed[]): void {
  for (const resource of resources) if (resource.isWatched()) void resource.refresh();
}

interface Kept<T> {
  readonly get: (id: string) => T;
  readonly those: (id: string) => readonly T[];
  readonly all: () => readonly T[];
}

function kept<T>(make: (id: string) => T): Kept<T> {
  const made = new Map<string, T>();
  return {
    get: (id) => {
      const one = made.get(id) ?? make(id);
      made.set(id, one);
      return one;
    },
    those: (id) => [made.get(id)].filter((one) => one !== undefined),
    all: () => [...made.values()],
  };
}

/** Calls back whenever somebody turns to the page again. */
function attend(window: Window, onReturn: () => void): void {
  let lastMs = Date.now();
  const turn = () => {
    if (window.document.visibilityState === "hidden" || Date.now() - lastMs < FRESH_MS) return;
    lastMs = Date.now();
    onReturn();
  };
  window.addEventListener("focus", turn);
  window.addEventListener("online", turn);
  window.document.addEventListener("visibilitychange", turn);
}

function liveAddress({ protocol, host }: Location, path: "live" | "activity"): string {
  return `${protocol === "http:" ? "ws" : "wss"}://${host}/console/api/${path}`;
}
