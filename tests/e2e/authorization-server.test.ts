// The companion authorization server by itself, over sockets: whom it lets through, and what it gives them.

import { generateKeyPairSync, randomBytes, createHash } from "node:crypto";
import * as z from "zod";
import { decodeJwt, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireSettings } from "../../authorization-server/settings.ts";
import { startAuthorizationServer } from "../support/authorization-server.ts";
import { CLIENT_DOCUMENT, CLIENT_ID, openPage, press, signIn } from "../support/oauth-client.ts";
import type { AuthorizationServer } from "../support/authorization-server.ts";
import type { Person } from "../support/oauth-client.ts";

const RESOURCE = "https://gatehouse.example/mcp";
const [REDIRECT] = CLIENT_DOCUMENT.redirect_uris;
const TEAM = "https://acme.access.example";
const MIRA: Person = { email: "mira@example.com" };

const team = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const certificates = { keys: [{ ...team.publicKey.export({ format: "jwk" }), kid: "of the team", alg: "RS256" }] };

let open: AuthorizationServer;
let guarded: AuthorizationServer;

beforeAll(async () => {
  const documents = { [CLIENT_ID]: CLIENT_DOCUMENT, [`${TEAM}/cdn-cgi/access/certs`]: certificates };
  [open, guarded] = await Promise.all([
    startAuthorizationServer({ resource: RESOURCE, documents }),
    startAuthorizationServer({ resource: RESOURCE, documents, access: { team: TEAM, audience: "the tag" } }),
  ]);
});
afterAll(() => Promise.all([open.close(), guarded.close()]));

const verifier = randomBytes(32).toString("base64url");

function asked({ issuer }: AuthorizationServer, more: Readonly<Record<string, string>> = {}): URL {
  const parameters = {
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT ?? "",
    scope: "k8s:read logs:read",
    state: "of the client",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    resource: RESOURCE,
    ...more,
  };
  return new URL(`/authorize?${new URLSearchParams(parameters).toString()}`, issuer);
}

function token({ issuer }: AuthorizationServer, form: Readonly<Record<string, string>>): Promise<Response> {
  const body = new URLSearchParams({ client_id: CLIENT_ID, resource: RESOURCE, ...form });
  return fetch(`${issuer}/oauth/token`, { method: "POST", body });
}

const redeem = (server: AuthorizationServer, answer: URLSearchParams, more: Readonly<Record<string, string>> = {}) =>
  token(server, {
    grant_type: "authorization_code",
    redirect_uri: REDIRECT ?? "",
    code: answer.get("code") ?? "",
    code_verifier: verifier,
    ...more,
  });

const Issued = z.looseObject({ access_token: z.string(), refresh_token: z.string(), scope: z.string() });

describe("its settings", () => {
  const { d, x, y } = z
    .object({ d: z.string(), x: z.string(), y: z.string() })
    .parse(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }));
  const good = {
    ISSUER: "https://auth.example.com",
    RESOURCE,
    SIGNING_KEYS: JSON.stringify([{ kty: "EC", crv: "P-256", d, x, y }]),
    ACCESS: JSON.stringify({ team: TEAM, audience: "the tag" }),
  };

  it("are taken as they should be", () => {
    expect(requireSettings(good)).toMatchObject({ ISSUER: good.ISSUER, ACCESS: { team: TEAM } });
  });

  it.each([
    ["no Access where others could come", { ACCESS: "" }, "ACCESS"],
    ["an issuer with a slash at its end", { ISSUER: "https://auth.example.com/" }, "ISSUER"],
    ["an issuer without TLS", { ISSUER: "http://auth.example.com" }, "ISSUER"],
    [
      "a key that is only public",
      { SIGNING_KEYS: JSON.stringify([{ kty: "EC", crv: "P-256", x, y }]) },
      "SIGNING_KEYS",
    ],
    ["keys that are not JSON", { SIGNING_KEYS: "secret words" }, "SIGNING_KEYS"],
    ["no keys", { SIGNING_KEYS: "[]" }, "SIGNING_KEYS"],
    ["a resource without TLS", { RESOURCE: "http://gatehouse.example/mcp" }, "RESOURCE"],
  ])("end the start with %s, named and not repeated", (_what, wrong, name) => {
    expect(() => requireSettings({ ...good, ...wrong })).toThrow(new RegExp(`cannot start:\\n  - ${name}`));
    expect(() => requireSettings({ ...good, ...wrong })).not.toThrow("secret words");
  });
});

describe("what the server says of itself", () => {
  it("is who it is and where its keys are, and that nobody registers here", async () => {
    const read = async (path: string): Promise<unknown> => (await fetch(`${open.issuer}${path}`)).json();

    const metadata = await read("/.well-known/oauth-authorization-server");
    const { keys } = z.object({ keys: z.array(z.looseObject({})) }).parse(await read("/.well-known/jwks.json"));

    expect(metadata).toMatchObject({
      issuer: open.issuer,
      jwks_uri: `${open.issuer}/.well-known/jwks.json`,
      protected_resources: [RESOURCE],
      client_id_metadata_document_supported: true,
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    });
    expect(metadata).not.toHaveProperty("registration_endpoint");
    expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(["alg", "crv", "kid", "kty", "use", "x", "y"]);
    expect((await fetch(`${open.issuer}/register`, { method: "POST", body: "{}" })).status).toBe(404);
  });
});

describe("the page", () => {
  it("says whom a person lets in, and where to, without believing a word of it", async () => {
    const { html, status } = await openPage(asked(open), open);

    expect(status).toBe(200);
    for (const word of ["agents.example", "127.0.0.1", "program on your own computer", "k8s:read", "logs:read"]) {
      expect(html).toContain(word);
    }
    expect(html).not.toContain("<b>agent</b>");
  });

  it("cannot be put into a frame, kept, or spoken to by a form that is not its own", async () => {
    const page = await openPage(asked(open), open);

    const response = await fetch(asked(open));
    const forged = await press({ ...page, cookie: "" }, MIRA);

    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(forged.status).toBe(400);
    expect(forged.headers.get("location")).toBeNull();
  });

  it.each([
    ["a client that is not there", { client_id: "https://agents.example/unknown.json" }],
    ["a client that has no address", { client_id: "some-client" }],
    ["an address that is not the client's", { redirect_uri: "https://evil.example/callback" }],
  ])("is not shown for %s, and nobody is sent anywhere", async (_what, more) => {
    const { status, html } = await openPage(asked(open, more), open);

    expect(status).toBe(400);
    expect(html).not.toContain("<form");
  });

  it.each([
    ["another resource", { resource: "https://other.example/mcp" }, "invalid_target"],
    ["a challenge in plain sight", { code_challenge_method: "plain" }, "invalid_request"],
    ["no challenge", { code_challenge: "" }, "invalid_request"],
  ])("is not shown for %s, which the client is told", async (_what, more, error) => {
    const response = await fetch(asked(open, more), { redirect: "manual" });

    expect(new URL(response.headers.get("location") ?? "").searchParams.get("error")).toBe(error);
  });

  it("sends a person's no back to the client", async () => {
    const answer = await signIn(asked(open), { ...MIRA, decision: "deny" }, open);

    expect([answer.get("error"), answer.get("code"), answer.get("state")]).toEqual([
      "access_denied",
      null,
      "of the client",
    ]);
  });
});

describe("signing in with the code in the terminal", () => {
  it.each([
    ["another code", { ...MIRA, code: "00000000" }],
    ["no address", { ...MIRA, email: "" }],
    ["what is no address", { ...MIRA, email: "mira:admin@example.com" }],
  ])("takes no one with %s, and the page has had its one guess", async (_what, person) => {
    const page = await openPage(asked(open), open);

    const decided = await press(page, person);
    const again = await press(page, MIRA);

    expect([decided.status, again.status]).toEqual([403, 403]);
    expect(decided.headers.get("location")).toBeNull();
  });
});

describe("signing in through Cloudflare Access", () => {
  const HEADER = "cf-access-jwt-assertion";
  const nowS = () => Math.floor(Date.now() / 1_000);
  const assertion = (claims: Readonly<Record<string, unknown>>, key = team.privateKey) =>
    new SignJWT({ iss: TEAM, aud: ["the tag"], sub: "", iat: nowS(), exp: nowS() + 60, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "of the team" })
      .sign(key);
  const come = async (headers: Readonly<Record<string, string>>) =>
    press(await openPage(asked(guarded), guarded), { email: "ceo@example.com", headers });

  it("takes whom the assertion names, and nobody's word for it", async () => {
    const answer = await come({ [HEADER]: await assertion({ email: "Mira@Example.com" }) });
    const { access_token } = Issued.parse(
      await (await redeem(guarded, new URL(answer.headers.get("location") ?? "").searchParams)).json(),
    );

    expect(decodeJwt(access_token).sub).toBe("mira@example.com");
  });

  it.each([
    ["nothing", () => Promise.resolve({})],
    ["a service token", async () => ({ [HEADER]: await assertion({ common_name: "bot.access" }) })],
    ["an assertion for another application", async () => ({ [HEADER]: await assertion({ ...MIRA, aud: ["other"] }) })],
    ["an assertion that has ended", async () => ({ [HEADER]: await assertion({ ...MIRA, exp: nowS() - 60 }) })],
    [
      "an assertion that somebody else signed",
      async () => ({
        [HEADER]: await assertion({ ...MIRA }, generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey),
      }),
    ],
    ["a cookie of the same content", async () => ({ cookie: `CF_Authorization=${await assertion({ ...MIRA })}` })],
  ])("takes nobody with %s (attack 15)", async (_what, headers: () => Promise<Record<string, string>>) => {
    const decided = await come(await headers());

    expect(decided.status).toBe(403);
    expect(decided.headers.get("location")).toBeNull();
  });

  it("prints no code that could stand for a person", async () => {
    await come({});

    expect(guarded.printed.join()).not.toContain("sign_in.code");
  });
});

describe("the token endpoint", () => {
  it("gives a signed token for one resource, with the scopes that the person left", async () => {
    const narrowed = { ...MIRA, allows: (scope: string) => scope === "logs:read" };
    const response = await redeem(open, await signIn(asked(open), narrowed, open));
    const issued = Issued.parse(await response.json());

    expect(response.headers.get("cache-control")).toContain("no-store");
    expect(decodeJwt(issued.access_token)).toMatchObject({
      iss: open.issuer,
      sub: MIRA.email,
      aud: RESOURCE,
      client_id: CLIENT_ID,
      scope: "logs:read",
    });
  });

  it.each([
    ["another verifier", { code_verifier: randomBytes(32).toString("base64url") }],
    ["another address to come back to", { redirect_uri: "http://127.0.0.1:1/other" }],
  ])("gives nothing for %s", async (_what, more) => {
    const response = await redeem(open, await signIn(asked(open), MIRA, open), more);

    expect(response.status).toBe(400);
    expect(await response.json()).not.toHaveProperty("access_token");
  });

  it("gives nothing for a code that was used", async () => {
    const answer = await signIn(asked(open), MIRA, open);

    const [first, second] = [await redeem(open, answer), await redeem(open, answer)];

    expect([first.status, second.status]).toEqual([200, 400]);
    expect(await second.json()).toMatchObject({ error: "invalid_grant" });
  });

  it("renews with a new refresh token, never beyond what was allowed, until it is revoked", async () => {
    const first = Issued.parse(await (await redeem(open, await signIn(asked(open), MIRA, open))).json());
    const renew = (refresh_token: string, more: Readonly<Record<string, string>> = {}) =>
      token(open, { grant_type: "refresh_token", refresh_token, ...more });

    const wider = await renew(first.refresh_token, { scope: "k8s:read keys:admin" });
    const second = Issued.parse(await wider.json());
    const revoked = await token(open, { token: second.refresh_token });
    const after = await renew(second.refresh_token);

    expect(decodeJwt(second.access_token)).toMatchObject({ sub: MIRA.email, scope: "k8s:read" });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect([revoked.status, after.status]).toEqual([200, 400]);
  });

  it("does not sign one machine out when the same client signs in on another", async () => {
    const first = Issued.parse(await (await redeem(open, await signIn(asked(open), MIRA, open))).json());
    await redeem(open, await signIn(asked(open), MIRA, open));

    expect((await token(open, { grant_type: "refresh_token", refresh_token: first.refresh_token })).status).toBe(200);
  });
});
