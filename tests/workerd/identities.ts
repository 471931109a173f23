// An identity provider and a team of Cloudflare Access, as the Worker under test is told of them.

export const ISSUER = "https://login.test";
export const ISSUER_KID = "of the issuer";
export const ACCESS_TEAM = "https://team.access.test";
export const ACCESS_TAG = "0123456789abcdef";
export const RESOURCE = "https://gatehouse.test/mcp";

const NAMES = ["agent", "observer", "shop-observer", "platform-observer", "administrator", "operator"];

/** People who decide on runbooks, and a program of whom somebody thought that it might. */
const DECIDERS = {
  "kim@example.com": ["approver"],
  "lee@example.com": ["approver"],
  "cho@example.com": ["incident-commander"],
  "dee@example.com": ["incident-commander"],
  "ci.access": ["approver"],
};

export const WEBHOOK = "https://hooks.test/approvals";

export const METRICS_TOKEN = "a token for tests, and for nothing but tests";

export const SIEM = "https://siem.test/gatehouse";
export const SIEM_SECRET = "a secret for tests, and for nothing but tests";

export const bindings = {
  WEBHOOKS: JSON.stringify([{ name: "oncall", format: "generic", url: WEBHOOK }]),
  PUBLIC_URL: new URL(RESOURCE).origin,
  IDENTITY_PROVIDERS: JSON.stringify([
    {
      name: "okta",
      issuer: ISSUER,
      on_behalf_of: "act.sub",
      roles: { claim: "roles", map: Object.fromEntries(NAMES.map((name) => [name, [name]])) },
    },
  ]),
  ACCESS: JSON.stringify({
    team: ACCESS_TEAM,
    audience: ACCESS_TAG,
    roles: {
      claim: "email",
      map: {
        "mira@example.com": ["administrator"],
        "ops.access": ["administrator"],
        "e3.access": ["observer"],
        ...DECIDERS,
      },
    },
  }),
};
