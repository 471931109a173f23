// docs/logs.md and the code: every event that is logged stands there, with its level and its fields, and nothing else does.

import { describe, expect, it } from "vitest";
import { codeOf, filesIn, textOf } from "../support/source-files.ts";

interface Row {
  readonly events: readonly string[];
  readonly levels: readonly string[];
  readonly fields: string;
}

const page = textOf("docs/logs.md");

function rowsOf(heading: string): readonly Row[] {
  const section = page.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [events = "", levels = "", fields = ""] = line.split("|").slice(1);
      return { events: namesIn(events), levels: levels.split(",").map((level) => level.trim()), fields };
    });
}

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

interface Logged {
  readonly path: string;
  readonly level: string | undefined;
  readonly event: string;
  readonly fields: readonly string[];
}

/** `log("warn", "x.y", { a: 1, b, ...rest })`; a level or an event that is decided on the way is found by its text alone. */
function loggedIn(path: string): readonly Logged[] {
  const code = codeOf(textOf(path));
  const calls = [...code.matchAll(/\blog\(\s*("(\w+)"|[^,"]+),\s*"([a-z_]+\.[a-z_]+)"(,\s*\{([^{}]*)\})?/g)];
  const passedOn = [...code.matchAll(/#attempt\("([a-z_]+\.[a-z_]+)"/g)];
  return [
    ...calls.map(([, , level, event = "", , body = ""]) => ({ path, level, event, fields: keysOf(body) })),
    ...passedOn.map(([, event = ""]) => ({ path, level: undefined, event, fields: [] })),
  ];
}

function keysOf(body: string): readonly string[] {
  return body
    .split(",")
    .map((part) => /^\s*(\w+)\s*(:|$)/.exec(part)?.[1] ?? "")
    .filter((key) => key !== "");
}

const logged = filesIn("src").flatMap(loggedIn);
const rows = rowsOf("The Worker");

describe("the Worker's events", () => {
  it("are found at all", () => {
    expect(logged.length).toBeGreaterThan(30);
  });

  it.each(logged)(
    "$event ($path) stands in docs/logs.md, with its level and its fields",
    ({ event, level, fields }) => {
      const row = rows.find(({ events }) => events.includes(event));

      expect(row, `add a row for ${event} to docs/logs.md`).toBeDefined();
      if (level !== undefined) expect(row?.levels).toContain(level);
      expect(fields.filter((field) => !row?.fields.includes(`\`${field}\``))).toEqual([]);
    },
  );

  it("are all that stands there", () => {
    const known = new Set(logged.map(({ event }) => event));

    expect(rows.flatMap(({ events }) => events).filter((event) => !known.has(event))).toEqual([]);
  });

  it("have one row each", () => {
    const events = rows.flatMap((row) => row.events);

    expect(events.filter((event, index) => events.indexOf(event) !== index)).toEqual([]);
  });
});

describe("the proxies' events", () => {
  const named = filesIn("k8s-proxy/src").flatMap((path) => [...codeOf(textOf(path)).matchAll(/\bevent: "([a-z_]+)"/g)]);
  const events = new Set(named.map(([, event]) => event));

  it("all stand in docs/logs.md, and nothing else does", () => {
    const written = rowsOf("The proxies").flatMap((row) => row.events);

    expect(events.size).toBeGreaterThan(8);
    expect(new Set(written)).toEqual(events);
  });
});
