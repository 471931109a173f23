import { describe, expect, it } from "vitest";
import { createPolicy } from "../../../src/access/policy.ts";
import { ANONYMOUS } from "../../../src/access/principal.ts";
import { nativeNotice, sessionOpened } from "../../../src/native/notifications.ts";
import { catalogueOf, registry } from "../../../src/tool/registry.ts";
import { tools } from "../../../src/tools/index.ts";
import { principal, ROLES } from "../../support/people.ts";

describe("the first message of a session", () => {
  it("says who one is, and neither which key one has nor anything else of it", () => {
    const message: unknown = JSON.parse(sessionOpened("s-1", { ...principal(), onBehalfOf: "mira" }));

    expect(message).toEqual({
      jsonrpc: "2.0",
      method: "mcp.session",
      params: {
        session_id: "s-1",
        principal: { id: "agent:atlas", kind: "agent", roles: ["observer"], on_behalf_of: "mira" },
        protocol: "gatehouse.native.v1",
      },
    });
  });

  it("tells nobody that they are nobody", () => {
    expect(JSON.parse(sessionOpened(null, ANONYMOUS))).toMatchObject({
      params: { session_id: null, principal: { kind: "anonymous" } },
    });
  });
});

describe("a change of the tools", () => {
  it("is told as what the caller may call from now on", () => {
    const policy = createPolicy(ROLES);
    const settings = { "ctx.get": { enabled: false }, "ctx.set": { rate_limit: "1/hour" } };

    const seen = { catalogue: catalogueOf(registry(tools, settings), policy, ["prod"]), caller: principal(["agent"]) };
    const message = nativeNotice({ kind: "tools_changed" }, seen) ?? "null";

    expect(JSON.parse(message)).toMatchObject({
      method: "mcp.tools.changed",
      params: {
        tools: [
          { name: "ctx.delete" },
          { name: "ctx.list" },
          { name: "ctx.set", rate_limit: "1/hour" },
          { name: "mcp.tools.list" },
          { name: "quota.get" },
        ],
      },
    });
  });
});
