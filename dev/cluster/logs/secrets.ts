// What must never reach a reader: secrets of every usual shape, worth nothing, planted in the stand-in's logs.
// They are put together here, at run time, so that nobody who scans the source takes them for a leak.
import { randomOf } from "../random.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function invent(seed: string, length: number, alphabet = LETTERS): string {
  const random = randomOf(`secret ${seed}`);
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}

function jwt(seed: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [part({ alg: "HS256", typ: "JWT" }), part({ sub: seed, aud: "shop" }), invent(seed, 43)].join(".");
}

const pem = (edge: string) => ["-----", edge, " RSA ", "PRIVATE", " KEY", "-----"].join("");

/** Each by its name in the recorded logs. */
export const PLANTED = {
  jwt: jwt("planted"),
  bearer: invent("bearer", 40),
  password: `Pw-${invent("password", 14)}`,
  userinfo: invent("userinfo", 18),
  "api-key": ["sk", "live", invent("api-key", 32)].join("_"),
  "aws-access-key-id": ["AK", "IA", invent("aws", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")].join(""),
  "aws-secret-access-key": invent("aws secret", 40),
  "github-token": ["gh", "p_", invent("github", 36)].join(""),
  "gitlab-token": ["gl", "pat-", invent("gitlab", 20)].join(""),
  "slack-token": ["xo", "xb-", "100000000001-100000000002-", invent("slack", 24)].join(""),
  "pem-begin": pem("BEGIN"),
  "pem-end": pem("END"),
} as const;

const BY_NAME = new Map<string, string>(Object.entries(PLANTED));

/** The recorded logs hold `{{jwt}}` and the like where the secret stood. */
export function fillPlaceholders(text: string): string {
  return text.replace(/\{\{([a-z-]+)\}\}/g, (whole, name: string) => BY_NAME.get(name) ?? whole);
}
