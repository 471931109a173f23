// Which human is at the page: whoever Cloudflare Access vouches for, or, on a developer's machine, whoever reads its terminal.

import { identifyByAccess } from "../src/access/identify.ts";
import { OidcTokens } from "../src/adapters/oidc-tokens.ts";
import { log } from "../src/log.ts";
import { textOf } from "./form.ts";
import type { Settings } from "./settings.ts";
import type { Storage } from "./token-endpoint.ts";

export interface SignIn {
  /** What the page must ask for, with what it needs to be asked. Called when the page is shown. */
  readonly begin: (handle: string) => Promise<"nothing" | "code">;
  /** An e-mail address, or undefined for nobody. Called when the form comes back. */
  readonly finish: (request: Request, form: FormData) => Promise<string | undefined>;
}

export function signIn(settings: Settings, storage: Storage): SignIn {
  return settings.ACCESS ? byAccess(settings.ACCESS) : byCode(storage);
}

/** As at Gatehouse's own door: the header, never the cookie, and its signature rather than where it came from. */
function byAccess({ team, audience }: NonNullable<Settings["ACCESS"]>): SignIn {
  const rules = {
    issuer: team,
    audience,
    jwksUrl: `${team}/cdn-cgi/access/certs`,
    algorithms: ["RS256"],
    type: undefined,
    maxAgeS: undefined,
  };
  const tokens = new OidcTokens(rules, { fetch: (input, init) => fetch(input, init), now: () => Date.now() });

  return {
    begin: () => Promise.resolve("nothing"),
    async finish({ headers }) {
      const proven = await tokens.verify(headers.get("cf-access-jwt-assertion") ?? "");
      if (!proven.ok) return undefined;
      const person = identifyByAccess(proven.value, { team, audience, roles: { claim: "email", map: {} } });
      // A service token can neither read the page nor mean what it agrees to.
      return person.ok && person.value.kind === "human" ? person.value.id.replace(/^access:/, "") : undefined;
    },
  };
}

/** As long as the library keeps the page's handle. */
const CODE_LIFETIME_S = 600;
const ADDRESS = /^[a-z0-9._+-]{1,64}@[a-z0-9.-]{1,60}$/;

function byCode({ OAUTH_KV: kv }: Storage): SignIn {
  const keyOf = (handle: string) => `code:${handle}`;
  return {
    async begin(handle) {
      const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
      const code = String(number % 100_000_000).padStart(8, "0");
      await kv.put(keyOf(handle), code, { expirationTtl: CODE_LIFETIME_S });
      log("info", "sign_in.code", { code });
      return "code";
    },
    async finish(_request, form) {
      const [handle, code, email] = [textOf(form, "handle"), textOf(form, "code"), textOf(form, "email")];
      const wanted = await kv.get(keyOf(handle));
      // One guess: the next page has another code.
      await kv.delete(keyOf(handle));
      const address = email.toLowerCase();
      return wanted !== null && code === wanted && ADDRESS.test(address) ? address : undefined;
    },
  };
}
