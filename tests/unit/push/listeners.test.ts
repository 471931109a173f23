// Who listens: found by dialect and id, told what concerns them, forgotten when they leave.

import { describe, expect, it } from "vitest";
import { Listeners } from "../../../src/push/listeners.ts";
import { concerns } from "../../../src/push/notice.ts";
import { placeOf } from "../../../src/push/subscribe.ts";
import { toolset } from "../../../src/toolset.ts";
import { settled } from "../../support/gate.ts";
import { world } from "../../support/world.ts";
import type { Listener } from "../../../src/push/listeners.ts";
import type { Notice } from "../../../src/push/notice.ts";
import type { Subscription } from "../../../src/push/subscription.ts";

const TASK = {
  taskId: "t-1",
  principalId: "agent:atlas",
  status: "working",
  createdAtMs: 0,
  updatedAtMs: 0,
  expiresAtMs: 0,
  call: { name: "x", args: {} },
  answers: {},
} as const;
const NOTICES: Readonly<Record<string, Notice>> = {
  tools: { kind: "tools_changed" },
  changed: { kind: "resource_changed", uri: "x://a" },
  lost: { kind: "resource_lost", uri: "x://a", reason: "gone" },
  task: { kind: "task_changed", task: TASK },
  approval: { kind: "approval_changed", uri: "x://approvals/1", approval: { approval_id: "1" } },
};

function listening() {
  const made = world();
  let changes = 0;
  const listeners = new Listeners({
    words: (notice, { dialect }) => (dialect === "native" && notice.kind === "task_changed" ? undefined : notice.kind),
    farewell: ({ dialect }) => (dialect === "modern" ? "farewell" : undefined),
    onChange: () => (changes += 1),
  });
  const heard: string[] = [];
  const listener = (wanted: Partial<Subscription> = {}, name = "it"): Listener => ({
    subscription: { dialect: "modern", id: name, tools: false, uris: [], taskIds: [], ...wanted },
    session: made.session,
    send: (text) => void heard.push(`${name}: ${text}`),
    close: () => void heard.push(`${name} is closed`),
    survivesSleep: true,
  });
  return { made, listeners, listener, heard, changes: () => changes };
}

describe("whom a notice concerns", () => {
  it.each([
    ["tools", { tools: true }, ["tools"]],
    ["a resource", { uris: ["x://a"] }, ["changed", "lost"]],
    ["another resource", { uris: ["x://b", "x://a/"] }, []],
    ["a task", { taskIds: ["t-1"] }, ["task"]],
    ["another task", { taskIds: ["t-11"] }, []],
    ["an approval", { uris: ["x://approvals/1"] }, ["approval"]],
    ["nothing", {}, []],
  ])("who wants %s", (_what, wanted, concerned) => {
    const subscription = { dialect: "modern" as const, tools: false, uris: [], taskIds: [], ...wanted };

    const names = Object.entries(NOTICES).flatMap(([name, notice]) => (concerns(notice, subscription) ? [name] : []));

    expect(names).toEqual(concerned);
  });
});

it.each(["native", "handshake"] as const)(
  "a %s session hears of its approvals without having subscribed",
  (dialect) => {
    const approval: Notice = { kind: "approval_changed", uri: "x://approvals/1", approval: { approval_id: "1" } };

    expect(concerns(approval, { dialect, tools: false, uris: [], taskIds: [] })).toBe(true);
  },
);

describe("listeners", () => {
  it("are told in their own words, and nothing for which they have none", async () => {
    const { listeners, listener, heard } = listening();
    listeners.put(listener({ taskIds: ["t-1"] }));
    listeners.put(listener({ dialect: "native", taskIds: ["t-1"] }, "native"));

    listeners.tell({ kind: "task_changed", task: TASK });
    await settled();

    expect(heard).toEqual(["it: task_changed"]);
  });

  it("replace one of the same dialect and id, and stand beside any other", () => {
    const { listeners, listener, changes } = listening();
    for (const [dialect, id] of [
      ["modern", 1],
      ["modern", "1"],
      ["handshake", 1],
      ["modern", 1],
    ] as const) {
      listeners.put(listener({ dialect, id, uris: [`x://${dialect}`] }));
    }

    expect([listeners.all.length, [...listeners.uris], changes()]).toEqual([3, ["x://modern", "x://handshake"], 4]);
    expect(listeners.find("modern", "1")?.subscription.id).toBe("1");
    expect(listeners.find("native")).toBeUndefined();
  });

  it("may leave twice", () => {
    const { listeners, listener, changes } = listening();
    const one = listener();
    listeners.put(one);

    listeners.remove(one);
    listeners.remove(one);

    expect([listeners.all, changes()]).toEqual([[], 2]);
  });

  it("end with a farewell where there is one, and their stream with it", () => {
    const { listeners, listener, heard } = listening();
    listeners.put(listener());
    listeners.put(listener({ dialect: "handshake" }, "old"));

    listeners.end();

    expect(heard).toEqual(["it: farewell", "it is closed", "old is closed"]);
    expect(listeners.all).toEqual([]);
  });

  it.each(["changed", "task"])("are told nothing of a cluster, and dismissed, once withdrawn: %s", async (name) => {
    const { listeners, listener, heard, made } = listening();
    listeners.put(listener({ uris: ["x://a"], taskIds: ["t-1"] }));
    made.revoke();

    listeners.tell(NOTICES[name] ?? { kind: "tools_changed" });
    await settled();

    expect(heard).toEqual(["it: farewell", "it is closed"]);
    expect(listeners.all).toEqual([]);
  });

  it("hear in the order in which it happened", async () => {
    const { listeners, listener, heard } = listening();
    listeners.put(listener({ uris: ["x://a"], taskIds: ["t-1"] }));

    for (const name of ["changed", "task", "changed"]) listeners.tell(NOTICES[name] ?? { kind: "tools_changed" });
    await settled();

    expect(heard).toEqual(["it: resource_changed", "it: task_changed", "it: resource_changed"]);
  });

  it("forget what was lost, and are found to have changed", () => {
    const { listeners, listener, heard, changes } = listening();
    listeners.put(listener({ uris: ["x://a", "x://b"] }));

    listeners.tell({ kind: "resource_lost", uri: "x://a", reason: "gone" });

    expect([heard, [...listeners.uris], changes()]).toEqual([["it: resource_lost"], ["x://b"], 2]);
  });
});

describe("where a resource is to be watched", () => {
  it.each([
    ["gatehouse://clusters/prod/namespaces/shop/health", { cluster: "prod", namespace: "shop" }],
    ["gatehouse://clusters/prod/namespaces/a%20b/health", { cluster: "prod", namespace: "a b" }],
    ["gatehouse://catalogue", undefined],
    ["x://y", undefined],
  ])("%s", (uri, place) => {
    expect(placeOf(uri, toolset.resources)).toEqual(place);
  });
});
