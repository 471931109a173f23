// Where the console's files are served, and where they must not stand in the way.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStack } from "../../dev/stack/stack.ts";
import type { Stack } from "../../dev/stack/stack.ts";

let stack: Stack;
let origin: string;

beforeAll(async () => {
  stack = await startStack({ state: "fresh", output: "quiet", port: 0 });
  origin = stack.address.replace(/^ws/, "http").replace(/\/mcp$/, "");
});
afterAll(() => stack.stop());

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${origin}${path}`, { redirect: "manual", headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("the page", () => {
  it.each(["/console/", "/console/approvals", "/console/approvals/0197a4c2-8d31-7c55-9a10-000000000001?state=ended"])(
    "is at %s, with its policy, and asked for anew each time",
    async (path) => {
      const { status, headers, text } = await get(path);

      expect(status).toBe(200);
      expect(headers.get("content-type")).toContain("text/html");
      expect(text).toContain('<div id="console">');
      expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("cache-control")).toBe("no-cache");
    },
  );

  it("brings its script and its style, as what they are", async () => {
    const { text } = await get("/console/");
    const [script, style] = [/src="(.*?\.js)"/, /href="(.*?\.css)"/].map((link) => link.exec(text)?.[1] ?? "");

    for (const [path, type] of [
      [script, "text/javascript"],
      [style, "text/css"],
    ] as const) {
      const { status, headers } = await get(path ?? "");
      expect(status).toBe(200);
      expect(headers.get("content-type")).toContain(type);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("is where a browser is led that opens the bare address, and a program is not", async () => {
    const browser = await get("/", { accept: "text/html,application/xhtml+xml" });
    const program = await get("/", { accept: "*/*" });

    expect([browser.status, browser.headers.get("location")]).toEqual([302, "/console/"]);
    expect([program.status, program.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });
});

describe("everything else", () => {
  it.each([
    ["/console/api/me", 401],
    ["/console/api/nothing", 404],
    ["/mcp", 426],
    ["/nowhere", 404],
    ["/consolex", 404],
    ["/index.html", 404],
    ["/_headers", 404],
  ])("%s is the Worker's: %i, and no page", async (path, status) => {
    const answer = await get(path, { accept: "text/html" });

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("the server's health is told as before", async () => {
    expect(await get("/health")).toMatchObject({ status: 200, text: expect.stringContaining('"status":"ok"') });
  });
});
