// What the pages of tools and policy ask of the server, and a light look at what they are answered.

import { has, isListOf } from "../api/checks.ts";
import type {
  PolicyView,
  RawAnswer,
  SimulateBody,
  Simulation,
  ToolCatalogue,
  ToolEntry,
} from "../../../src/http/console/contract/tools.ts";
import type { Answer, Client } from "../api/client.ts";

export type {
  PolicyView,
  RawAnswer,
  SimulateBody,
  Simulation,
  ToolCatalogue,
  ToolEntry,
} from "../../../src/http/console/contract/tools.ts";

export type Effect = ToolEntry["effect"];

export interface ToolsApi {
  readonly catalogue: () => Answer<ToolCatalogue>;
  readonly call: (message: string, timeoutMs: number) => Answer<RawAnswer>;
  readonly policy: () => Answer<PolicyView>;
  readonly simulate: (asked: SimulateBody) => Answer<Simulation>;
}

export function toolsApi({ ask }: Pick<Client, "ask">): ToolsApi {
  return {
    catalogue: () => ask({ path: "tools" }, isToolCatalogue),
    call: (message, timeoutMs) => ask({ path: "tools/call", body: { message }, timeoutMs }, isRawAnswer),
    policy: () => ask({ path: "policy" }, isPolicyView),
    simulate: (asked) => ask({ path: "policy/simulate", body: asked }, isSimulation),
  };
}

const isToolEntry = (value: unknown): value is ToolEntry =>
  has(value, { name: "string", description: "string", effect: "string", requires: "string", rate: "string" }) &&
  has(value, { cost: "number", timeout_ms: "number", enabled: "boolean", input_schema: "record", mine: "record" }) &&
  has(value.mine, { may_call: "boolean", why: "string" });

const isToolCatalogue = (value: unknown): value is ToolCatalogue =>
  has(value, { tools: "list", clusters: "list", policy_version: "string" }) && isListOf(value.tools, isToolEntry);

const isRawAnswer = (value: unknown): value is RawAnswer =>
  has(value, { message: "string", took_ms: "number", session_id: "string" });

const isGrant = (value: unknown) => has(value, { permissions: "list", clusters: "list", namespaces: "list" });

const isPolicyView = (value: unknown): value is PolicyView =>
  has(value, { version: "string", permissions: "list", roles: "list", quotas: "record" }) &&
  isListOf(value.roles, (role) => has(role, { name: "string", grants: "list" }) && isListOf(role.grants, isGrant));

const isSimulation = (value: unknown): value is Simulation =>
  has(value, { allowed: "boolean", why: "string", checks: "list", grants: "list", policy_version: "string" }) &&
  isListOf(value.checks, (check) => has(check, { check: "string", passed: "boolean", detail: "string" })) &&
  isListOf(value.grants, (grant) => has(grant, { role: "string", clusters: "list", namespaces: "list" }));
