// The log as a collector meets it: one JSON line an event.
import { describe, expect, it } from "vitest";
import { standardLog } from "../src/log.ts";

import type { LogEvent } from "../src/log.ts";

const NOW = Date.UTC(2026, 10, 23, 2, 11, 26);

function written(event: LogEvent): unknown {
  const lines: string[] = [];
  standardLog({ now: () => NOW, cluster: "prod", destination: { write: (line) => lines.push(line) } })(event);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  return JSON.parse(lines[0] ?? "");
}

const CALL = { event: "call", request_id: "r-1", status: 200, took_ms: 3 } as const;

describe("a line", () => {
  it("has the event as it is, when and where it was, and nothing of the process", () => {
    expect(written({ ...CALL, principal: "agent/oncall", namespaces: ["shop"], detail: undefined })).toEqual({
      level: "info",
      time: "2026-11-23T02:11:26.000Z",
      cluster: "prod",
      event: "call",
      request_id: "r-1",
      principal: "agent/oncall",
      namespaces: ["shop"],
      status: 200,
      took_ms: 3,
    });
  });

  it("stays one line whatever is in it", () => {
    expect(written({ event: "crashed", detail: 'a\n{"event":"forged"}' })).toMatchObject({
      level: "error",
      detail: 'a\n{"event":"forged"}',
    });
  });

  it.each<[LogEvent, string]>([
    [CALL, "info"],
    [{ ...CALL, status: 403 }, "info"],
    [{ ...CALL, status: 503 }, "warn"],
    [{ event: "listening", port: 8080 }, "info"],
    [{ event: "cannot_start" }, "error"],
    [{ event: "write_rights_accepted" }, "warn"],
    [{ event: "read_only", verdict: "proven", violations: [] }, "info"],
    [{ event: "read_only", verdict: "violated", violations: [] }, "error"],
  ])("%j has the level %s", (event, level) => {
    expect(written(event)).toMatchObject({ level });
  });
});
