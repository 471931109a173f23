import { describe, expect, it } from "vitest";
import { createPolicy } from "../../../src/access/policy.ts";
import { ANONYMOUS } from "../../../src/access/principal.ts";
import { offers } from "../../../src/tool/offer.ts";
import { tools } from "../../../src/tools/index.ts";
import { principal, ROLES } from "../../support/people.ts";
import type { ToolSettings } from "../../../src/ports/tool-settings.ts";

const OFF = { "ctx.get": { enabled: false } };
const offerUnder = () => offers({ tools, policy: createPolicy(ROLES), clusters: ["prod"] });

describe("what is offered", () => {
  it("is made once for all sessions of the same settings", () => {
    const offer = offerUnder();

    expect(offer({ ...OFF })).toBe(offer({ ...OFF }));
  });

  it("is made anew when the settings change, and when they change back", () => {
    const offer = offerUnder();
    const isThere = (settings: ToolSettings) => offer(settings).registry.get("ctx.get") !== undefined;

    expect([{}, OFF, {}].map(isThere)).toEqual([true, false, true]);
  });
});

describe("the list of the tools", () => {
  const { catalogue } = offerUnder()({});

  it("is written once for everybody who may call the same", () => {
    const [one, other] = [principal(["observer"]), { ...principal(["observer", "observer"]), id: "agent:other" }];

    expect(catalogue.listFor(one)).toBe(catalogue.listFor(other));
  });

  it("is nobody else's", () => {
    const namesFor = (caller: Parameters<typeof catalogue.listFor>[0]) =>
      catalogue.listFor(caller).value.tools.map(({ name }) => name);

    expect(namesFor(principal(["observer"]))).toContain("k8s.list_pods");
    expect(namesFor(principal(["agent"]))).not.toContain("k8s.list_pods");
    expect(namesFor(ANONYMOUS)).toEqual(["mcp.tools.list"]);
  });
});
