import { describe, expect, it } from "vitest";
import { Handshake, readInitialize } from "../../../src/mcp/handshake.ts";

const say = (clientInfo: unknown) =>
  readInitialize({ protocolVersion: "2025-11-25", capabilities: {}, ...(clientInfo !== undefined && { clientInfo }) });

describe("what a client calls itself", () => {
  it.each([
    [
      { name: "claude-code", version: "2.1.0" },
      { name: "claude-code", version: "2.1.0" },
    ],
    [
      { name: "claude-code", version: "2.1.0", title: "more than we keep" },
      { name: "claude-code", version: "2.1.0" },
    ],
    [{ name: "no version" }, { name: "no version", version: "" }],
    [
      { name: "odd version", version: 3 },
      { name: "odd version", version: "" },
    ],
    [undefined, undefined],
  ])("of %j is kept as %j", (clientInfo, info) => {
    expect(say(clientInfo)).toMatchObject({ ok: true });
    const read = say(clientInfo);
    expect(read.ok && read.value.info).toEqual(info);
  });

  it("is cut, whole characters and all, because it is kept where there is little room", () => {
    const read = say({ name: `${"x".repeat(63)}😀`, version: "1".repeat(1_000) });

    expect(read.ok && read.value.info).toEqual({ name: `${"x".repeat(63)}\ufffd`, version: "1".repeat(32) });
  });

  it("is not there in a session that was kept before it was asked for", () => {
    expect(Handshake().parse({ version: "2025-11-25", client: {} })).not.toHaveProperty("info");
  });
});
