// Which HTTP status an answer has, and what the headers of a request must say.

import { describe, expect, it } from "vitest";
import { CODES, rpcError } from "../../../src/jsonrpc/codes.ts";
import { HANDSHAKE_VERSIONS, META, MODERN } from "../../../src/mcp/versions.ts";
import { headerFault, versionFault } from "../../../src/transport/headers.ts";
import { statusOf } from "../../../src/transport/status.ts";
import type { Reason } from "../../../src/jsonrpc/codes.ts";

/** All that is not 200: in every era, or in 2026-07-28 alone. */
const EVERYWHERE: Partial<Record<Reason, number>> = {
  unauthenticated: 401,
  token_expired: 401,
  parse_error: 400,
  invalid_request: 400,
  header_mismatch: 400,
  missing_client_capability: 400,
  unsupported_protocol_version: 400,
};
const MODERN_ONLY: Partial<Record<Reason, number>> = { method_not_found: 404 };
const REASONS = Object.keys(CODES).filter((reason): reason is Reason => reason in CODES);

describe("the status of an answer", () => {
  const cases = REASONS.flatMap((reason) =>
    (["native", "handshake", "modern"] as const).map((era) => {
      const own = era === "modern" ? MODERN_ONLY[reason] : undefined;
      return [reason, era, own ?? EVERYWHERE[reason] ?? 200] as const;
    }),
  );

  it.each(cases)("%s in the %s era: %i [mcp-auth-status]", (reason, era, status) => {
    expect(statusOf(rpcError(reason, "x"), era)).toBe(status);
  });

  it("is known for every reason there is", () => {
    expect(cases).toHaveLength(3 * 31);
  });

  it("is 200 without an error", () => {
    expect(statusOf(undefined, "modern")).toBe(200);
  });

  it.each([
    ["modern", 400],
    ["handshake", 200],
    ["native", 200],
  ] as const)("of a faulty _meta in the %s era is %i [mcp26-meta-required]", (era, status) => {
    expect(statusOf(rpcError("invalid_params", "x", { field: "_meta" }), era)).toBe(status);
  });

  it.each(["native", "handshake", "modern"] as const)("of a scope that a token lacks is 403 in the %s era", (era) => {
    expect(statusOf(rpcError("permission_denied", "x", { requiredScopes: ["k8s:read"] }), era)).toBe(403);
  });
});

const NAMES: readonly (readonly [string, string])[] = [
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
];

const said = (method: string, params: object = {}) => ({
  id: 1,
  method,
  params: { ...params, _meta: { [META.protocolVersion]: MODERN } },
});
const headers = (more: Record<string, string>) => new Headers({ "mcp-protocol-version": MODERN, ...more });
const base64 = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;

describe("the headers of a modern request", () => {
  it.each(NAMES)("repeat what is asked of %s: its %s [mcp26-http-headers-match]", (method, parameter) => {
    const message = said(method, { [parameter]: "k8s_list_pods" });
    const fault = (name?: string) =>
      headerFault(message, headers({ "mcp-method": method, ...(name !== undefined && { "mcp-name": name }) }));

    expect(fault("k8s_list_pods")).toBeUndefined();
    expect(fault("k8s_list_nodes")).toMatchObject({ code: -32020, data: { header: "Mcp-Name" } });
    expect(fault("K8S_LIST_PODS")).toMatchObject({ code: -32020 });
    expect(fault()).toMatchObject({ code: -32020, message: expect.stringContaining("is missing") });
  });

  it.each(["tools/list", "server/discover", "constructor", "toString", "__proto__", "hasOwnProperty"])(
    "need no name for %s",
    (method) => {
      expect(headerFault(said(method), headers({ "mcp-method": method }))).toBeUndefined();
    },
  );

  it.each([
    ["the method is missing", {}, "Mcp-Method"],
    ["the method is another", { "mcp-method": "tools/call" }, "Mcp-Method"],
    ["the method is in other letters", { "mcp-method": "Tools/List" }, "Mcp-Method"],
    [
      "the version is another",
      { "mcp-protocol-version": "2025-11-25", "mcp-method": "tools/list" },
      "MCP-Protocol-Version",
    ],
  ])("are a fault where %s [mcp26-http-headers-missing, mcp26-http-version-match]", (_what, given, header) => {
    expect(headerFault(said("tools/list"), headers(given))).toMatchObject({ code: -32020, data: { header } });
  });

  it("are a fault without their version", () => {
    expect(headerFault(said("tools/list"), new Headers({ "mcp-method": "tools/list" }))).toMatchObject({
      code: -32020,
      data: { header: "MCP-Protocol-Version" },
    });
  });

  it("are not looked at where the body does not say its version: it is malformed in itself", () => {
    expect(headerFault({ id: 1, method: "tools/list", params: {} }, new Headers())).toBeUndefined();
  });

  it.each([
    ["plain text in Base64", "health", base64("health"), true],
    ["text beyond ASCII", "läuft 🛰", base64("läuft 🛰"), true],
    ["nothing at all", "", base64(""), true],
    ["text that looks encoded", base64("x"), base64(base64("x")), true],
    ["a byte order mark, which belongs to the name", "\ufeffx", base64("\ufeffx"), true],
    ["the same without its mark", "x", base64("\ufeffx"), false],
    ["another text", "health", base64("wealth"), false],
    ["what is no Base64", "health", "=?base64?%%%?=", false],
    ["what is no UTF-8", "health", "=?base64?/w==?=", false],
    ["a beginning without an end", "=?base64?aA==", "=?base64?aA==", true],
    ["the mark in capitals, which is none", "h", "=?BASE64?aA==?=", false],
  ])("may encode a name: %s [mcp26-http-name-encoded]", (_what, name, header, isSame) => {
    const fault = headerFault(
      said("tools/call", { name }),
      headers({ "mcp-method": "tools/call", "mcp-name": header }),
    );

    expect(fault === undefined).toBe(isSame);
  });

  it("say nothing of a name that is no text", () => {
    const fault = headerFault(
      said("tools/call", { name: 7 }),
      headers({ "mcp-method": "tools/call", "mcp-name": "7" }),
    );

    expect(fault).toMatchObject({ code: -32020 });
  });
});

describe("the version header of an older request", () => {
  it.each([...HANDSHAKE_VERSIONS, undefined])("may be %s", (version) => {
    expect(versionFault(new Headers(version === undefined ? {} : { "mcp-protocol-version": version }))).toBeUndefined();
  });

  it.each(["1999-01-01", "2025-11-26", "", "latest", MODERN])("may not be %j [mcp25-http-version]", (version) => {
    expect(versionFault(new Headers({ "mcp-protocol-version": version }))).toMatchObject({ code: -32600 });
  });
});
