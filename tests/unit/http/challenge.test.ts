// What a caller without a good credential hears, and where it is sent for one.

import { describe, expect, it } from "vitest";
import { IdentityProviders } from "../../../src/access/identity-provider.ts";
import { challenge } from "../../../src/access/challenge.ts";
import { refusal, unauthorized } from "../../../src/http/challenge.ts";
import { resourceMetadata } from "../../../src/http/resource-metadata.ts";
import type { IdentityConfig } from "../../../src/http/challenge.ts";

const WITHOUT: IdentityConfig = { PUBLIC_URL: undefined, IDENTITY_PROVIDERS: [] };
const WITH: IdentityConfig = {
  PUBLIC_URL: "https://gatehouse.example",
  IDENTITY_PROVIDERS: IdentityProviders.parse([
    { name: "okta", issuer: "https://login.example.com", roles: { claim: "groups", map: {} } },
  ]),
};
const METADATA = 'resource_metadata="https://gatehouse.example/.well-known/oauth-protected-resource/mcp"';
const READ = 'scope="k8s:read prometheus:query logs:read"';

const challengeOf = ({ headers = {} }: { readonly headers?: Readonly<Record<string, string>> }) =>
  headers["www-authenticate"];

describe("a challenge", () => {
  it("has no error code where nothing was sent (RFC 6750 §3.1)", () => {
    expect(challengeOf(unauthorized("…", WITH))).toBe(`Bearer realm="gatehouse", ${METADATA}, ${READ}`);
  });

  it.each(["unauthenticated", "token_expired"] as const)("names invalid_token for what was %s", (kind) => {
    expect(challengeOf(refusal({ kind }, WITH))).toBe(
      `Bearer realm="gatehouse", error="invalid_token", ${METADATA}, ${READ}`,
    );
  });

  it("sends nobody to an authorization server where there is none", () => {
    expect(challengeOf(refusal({ kind: "unauthenticated" }, WITHOUT))).toBe(
      `Bearer realm="gatehouse", error="invalid_token", ${READ}`,
    );
  });

  it("for more scopes names all that the operation needs (RFC 6750 §3.1)", () => {
    expect(challenge("insufficient_scope", ["runbooks:execute", "k8s:read"], WITH)).toBe(
      `Bearer realm="gatehouse", error="insufficient_scope", ${METADATA}, scope="runbooks:execute k8s:read"`,
    );
  });

  it("is none where the credential could not be checked", () => {
    const unavailable = { kind: "upstream_unavailable", upstream: "identity-provider", message: "…" } as const;

    expect(refusal(unavailable, WITH)).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(challengeOf(refusal(unavailable, WITH))).toBeUndefined();
  });
});

describe("a refused token", () => {
  it("is told which audience it should have, and only that one", () => {
    const { detail } = refusal({ kind: "unauthenticated", why: "audience" }, WITH);

    expect(detail).toContain("https://gatehouse.example/mcp");
  });

  it("of a subject that is no name is told what a name may hold", () => {
    expect(refusal({ kind: "unauthenticated", why: "subject" }, WITH)).toMatchObject({
      status: 401,
      detail: expect.stringContaining("128 letters, digits"),
    });
  });
});

describe("the protected-resource metadata", () => {
  it("is not there where no provider is, and says what to use", async () => {
    const response = resourceMetadata(WITHOUT);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      reason: "no_identity_provider",
      detail: expect.stringContaining("API key"),
    });
  });

  it("asks for no offline access", async () => {
    expect(await resourceMetadata(WITH).text()).not.toContain("offline_access");
  });
});
