// What a secret looks like: one rule a shape. Every quantifier is bounded, so that no text can make a rule slow.

export interface Rule {
  readonly pattern: RegExp;
  /** With the match's groups: the text to keep before the secret, and the secret. */
  readonly replace: (match: string, ...groups: (string | undefined)[]) => string;
}

export const mark = (kind: string) => `[REDACTED:${kind}]`;

/** A line without any of these holds nothing that a rule below would find; most lines are passed over by this alone. */
export const TRIGGER =
  /passw|passphrase|pwd|["']pass["']|[_.-]pass|pass\s{0,2}=|secret|token|api[_-]?key|apikey|access[_-]?key|account[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|auth[_-]?key|master[_-]?key|license[_-]?key|app[_-]?key|credential|identified by|auth|mysql| -u |--user|signature|jdbc:|webhooks|bot\d|bearer|basic |cookie|session[_-]?id|:\/\/|@tcp\(|@unix\(|eyJ|A[KSBC][ICA]A|gh[kpousr]_|github_pat|gl[a-z]{2,5}-|xox|hooks\.slack|[sr]k[_-]|whsec_|AIza|ya29\.|GOCSPX|npm_|SG\.|hv[sb]\.|dop_v1|dckr_pat|pypi-|hf_|AGE-SECRET|-----BEGIN|\$2[abxy]\$|sig=/i;

/** Names after which a secret stands whatever it looks like. */
const ALWAYS =
  "passwords?|passwd|passphrase|pwd|(?<=[_.-])pass|pass(?=\\s{0,2}=)|(?<=[\"'])pass(?=[\"'])|secret|(?:secret|access|account|encryption|signing|master|license|app)[_-]?key|api[_-]?keys?|private[_-]?key|client[_-]?secret|credentials?";
/** What may stand behind such a name and leave it one: `SECRET_KEY_BASE`, `password1`, `API_KEY_V2`, `passwordHash`. */
const SUFFIX = "(?:[_-]?(?:key[_-]?base|hash|string|value|text|plain|enc|prod|dev|test|staging|v?\\d{1,3})){0,2}";
/** Names after which a word of prose may stand as well: "unexpected token: string". */
const OFTEN = "token|session[_-]?id|auth[_-]?key";

const QUOTE = `(?:\\\\{0,3}["']|\\\\{1,3}u002[27])`;
const ASSIGN = `(?:${QUOTE})?\\s{0,40}(?:=>|:=|[:=]|%3[dDaA])\\s{0,40}`;
/** What some languages write before the value: `(string) (len=7) "…"`, `!!str …`, `b'…'`. */
const PREFIX = `(?:(?:\\([^()\\n]{1,32}\\)\\s{0,2}){1,3}|!!\\w{1,8}\\s{1,3}|[bru](?=["']))?`;
/** Longer than any text that is looked at. */
const ANY_LENGTH = "{1,65536}";
/** In quotes up to the same quote, as deeply escaped, or to the end where a text was cut before it. */
const QUOTED = `(${QUOTE})((?:(?!\\2)(?:\\\\[\\s\\S]|[^\\\\])|''(?=\\w))${ANY_LENGTH})(?:\\2|$)`;
/** A list, a map or a call, as far as its first closing bracket: `[a, b]`, `[]string{"…"}`, `SecretStr('…')`. */
const GROUP = `(?!\\[REDACTED:)((?:\\[\\])?\\w{0,16}[\\[({][^\\])}]{1,4096}[\\])}]?)`;
/** Bare up to a space, a quote or the next parameter: a comma ends it only where another name follows. */
const BARE = `((?:[^\\s"'&,;]|[,;](?!\\s|$|\\s{0,2}["']?[\\w.-]{1,64}["']?[=:]))${ANY_LENGTH})`;
const VALUE = `${PREFIX}(?:${QUOTED}|${GROUP}|${BARE})`;

const TOKENS: readonly (readonly [kind: string, pattern: string])[] = [
  ["jwt", "\\beyJ[\\w-]{8,4096}\\.[\\w-]{4,8192}(?:\\.[\\w-]{0,4096})?"],
  ["aws_key", "\\bA(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,124}\\b"],
  ["github_token", "\\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\\w{16,255})"],
  ["gitlab_token", "\\bgl(?:pat|dt|rt|cbt|ptt|agent|oas|soat|ft|imt)-[\\w-]{16,128}"],
  ["slack_token", "\\bxox[abeoprs]-[\\w-]{8,255}|hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/-]{8,255}"],
  ["stripe_key", "\\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{10,255})"],
  ["google_key", "\\bAIza[\\w-]{30,64}|\\bya29\\.[\\w-]{20,1024}|\\bGOCSPX-[\\w-]{16,64}"],
  ["npm_token", "\\bnpm_[A-Za-z0-9]{30,64}"],
  ["model_key", "\\bsk-[\\w-]{20,255}"],
  ["sendgrid_key", "\\bSG\\.[\\w-]{16,64}\\.[\\w-]{16,128}"],
  ["vault_token", "\\bhv[sb]\\.[\\w-]{20,255}"],
  ["gatehouse_key", "\\bghk_[a-z0-9]{16}_[\\w-]{20,64}"],
  ["registry_token", "\\b(?:dop_v1_[a-f0-9]{40,128}|dckr_pat_[\\w-]{20,64}|pypi-[\\w-]{40,255}|hf_[A-Za-z0-9]{30,64})"],
  ["private_key", "\\bAGE-SECRET-KEY-1[A-Z0-9]{50,64}"],
  ["password_hash", "\\$2[abxy]\\$\\d{2}\\$[./A-Za-z0-9]{53}"],
];

/** Statements and commands with a secret at a place of their own: what to keep, and the secret behind it. */
const STATEMENTS: readonly RegExp[] = [
  /((?:password|identified by)\s{1,4}(?:as\s{1,4})?')((?:[^']|''){1,512})/gi,
  /((?:\s-u\s{0,2}|--user[ =])[\w.@-]{1,64}:)(\S{1,256})/g,
  /(\bmysql(?:dump|admin)?\b[^|;&\n]{0,200}?\s-p)([^\s-]\S{1,127})/g,
  /((?:\b_auth|["']auth["'])\s{0,4}[=:]\s{0,4}["']?)([A-Za-z0-9+/]{8,1024}={0,2})/g,
  /(["'](?:key|name)["']\s{0,4}:\s{0,4}["'][\w.-]{0,64}(?:password|passwd|secret|token)[\w.-]{0,32}["']\s{0,4},\s{0,4}["'](?:value|default)["']\s{0,4}:\s{0,4}["'])((?:[^"'\\]|\\.){1,2048})/gi,
  /(\bAUTH (?:PLAIN|LOGIN) )([A-Za-z0-9+/]{8,512}={0,2})/g,
  /(\bmachine \S{1,128} login \S{1,128} password )(\S{1,256})/g,
  /(\bjdbc:oracle:thin:\w{1,64}\/)([^@\s]{1,128})(?=@)/g,
  /(discord(?:app)?\.com\/api\/webhooks\/\d{1,32}\/)([\w-]{16,128})/g,
  /(\bbot\d{8,12}:)(AA[\w-]{30,40})/g,
];

export const RULES: readonly Rule[] = [
  {
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,65536}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    replace: () => mark("private_key"),
  },
  {
    pattern: new RegExp(`((?:set-cookie|cookie)${ASSIGN}(?:${QUOTE})?)([^"'\\r\\n]{4,4096})`, "gi"),
    replace: (_, before) => `${before ?? ""}${mark("cookie")}`,
  },
  {
    // Digest and AWS sign with many parts: all that follows is theirs.
    pattern: new RegExp(
      `(authorization${ASSIGN}${QUOTE}?(?:digest|aws4-hmac-sha256|hawk|ntlm)\\s{1,4})([^\\r\\n]{3,8192})`,
      "gi",
    ),
    replace: (match, before, secret) => kept(match, secret, () => `${before ?? ""}${mark("authorization")}`),
  },
  {
    pattern: /(authorization\W{1,8}\[)([^\]]{4,8192})(?=\])/gi,
    replace: (match, before, secret) => kept(match, secret, () => `${before ?? ""}${mark("authorization")}`),
  },
  {
    // The scheme stays, so that the reader sees what kind of credential was sent.
    pattern: new RegExp(
      `(authorization${ASSIGN}(?:${QUOTE})?(?:[A-Za-z][\\w-]{1,30}[ ]{1,4})?)([^\\s"'\\\\,;}]{3,8192})`,
      "gi",
    ),
    replace: (match, before = "", secret = "") =>
      isWord(secret) && !SCHEME.test(before) ? match : kept(match, secret, () => `${before}${mark("authorization")}`),
  },
  {
    pattern: /\b((?:bearer|basic)\s{1,4})([\w.~+/-]{6,8192}={0,2})/gi,
    replace: (match, before, secret = "") => (isWord(secret) ? match : `${before ?? ""}${mark("authorization")}`),
  },
  {
    // Up to the last @: a password may hold a slash or an @ that nobody encoded. A port before a path is none.
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:"'<>[]{0,256}:)([^\s"'<>]{1,512})@/gi,
    replace: (match, before, secret = "") =>
      /^\d{1,5}[/?#;]/.test(secret) ? match : kept(match, secret, () => `${before ?? ""}${mark("url_password")}@`),
  },
  {
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)([\w.~%+-]{16,512})@/gi,
    replace: (_, before) => `${before ?? ""}${mark("url_password")}@`,
  },
  {
    // The form of Go's MySQL driver: user:password@tcp(host:3306)/name.
    pattern: /((?<!\[)\b[\w.-]{1,64}:)([^\s:@/"']{1,256})(?=@(?:tcp|unix)\()/g,
    replace: (match, before, secret) => kept(match, secret, () => `${before ?? ""}${mark("url_password")}`),
  },
  ...TOKENS.map(([kind, pattern]) => ({ pattern: new RegExp(pattern, "g"), replace: () => mark(kind) })),
  {
    pattern: new RegExp(`((?:${ALWAYS})${SUFFIX}${ASSIGN})${VALUE}`, "gi"),
    replace: (match, before, ...found) => assigned(match, before, { found, kind: "secret", isSecret: isValue }),
  },
  {
    pattern: new RegExp(`((?:${OFTEN})${ASSIGN})${VALUE}`, "gi"),
    replace: (match, before, ...found) => assigned(match, before, { found, kind: "token", isSecret: isTokenLike }),
  },
  {
    pattern:
      /((?<![\w-])--?[\w-]{0,32}(?:password|passphrase|secret|token|api-?key)[ ]{1,4})([^\s"'-][^\s"']{0,1024})/gi,
    replace: (match, before, secret) => kept(match, secret, () => `${before ?? ""}${mark("secret")}`),
  },
  {
    pattern: /(<(?:\w{1,32}[:_-])?(?:password|passwd|secret|token|api-?key)>)([^<]{1,4096})/gi,
    replace: (match, before, secret) => kept(match, secret, () => `${before ?? ""}${mark("secret")}`),
  },
  {
    pattern: /((?<=[A-Z_])TOKEN=["']?)([^\s"'&]{3,2048})/g,
    replace: (match, before, secret = "") =>
      isValue(secret) ? kept(match, secret, () => `${before ?? ""}${mark("token")}`) : match,
  },
  ...STATEMENTS.map((pattern) => ({
    pattern,
    replace: (match: string, before?: string, secret?: string) =>
      kept(match, secret, () => `${before ?? ""}${mark("secret")}`),
  })),
  {
    pattern: /((?:[?&;]sig|\b(?:x-(?:amz|goog)-)?signature)=)([\w%+/=-]{16,1024})/gi,
    replace: (_, before) => `${before ?? ""}${mark("signature")}`,
  },
];

const ONE_MARK = /^\[REDACTED:[a-z_]{1,32}\]?[)\]}.,;]{0,4}$/;

/** What was redacted already is left as it is, so that a second pass changes nothing. */
function kept(match: string, secret: string | undefined, replaced: () => string): string {
  return secret === undefined || ONE_MARK.test(secret) ? match : replaced();
}

interface Assigned {
  readonly found: readonly (string | undefined)[];
  readonly kind: string;
  readonly isSecret: (value: string, isQuoted: boolean) => boolean;
}

function assigned(match: string, before: string | undefined, { found, kind, isSecret }: Assigned): string {
  const [quote = "", quoted, group, bare] = found;
  const value = quoted ?? group ?? bare ?? "";
  if (ONE_MARK.test(value) || !isSecret(value, quote !== "" || group !== undefined)) return match;
  const closing = match.endsWith(quote) ? quote : "";
  return `${before ?? ""}${quote}${mark(kind)}${closing}`;
}

/** Not what says that there is nothing, nor a place that was left for one. */
function isValue(value: string): boolean {
  return !/^(?:null|nil|none|undefined|true|false|\*+|<[^>]*>|\$\{[^}]*\}|\$[A-Z_]+|\$\([^)]*\)|\{\{.*\}\}|%[sdvq])[)\]}.]{0,2}$/i.test(
    value,
  );
}

/** "token: string" is prose; "token: 8f3kQ…" is not. In quotes or long, it is taken for one. */
function isTokenLike(value: string, isQuoted: boolean): boolean {
  if (!isValue(value) || value.length < 6) return false;
  return isQuoted ? value.length >= 8 || /\d/.test(value) : /\d/.test(value) || value.length >= 20;
}

const SCHEME = /(?:basic|bearer|digest|negotiate|token|apikey|hawk) {1,4}$/i;

/** "basic authentication", "bearer of bad news". */
function isWord(text: string): boolean {
  return /^[A-Za-z]?[a-z.,-]{0,30}$/.test(text) || /^[A-Z-]{1,20}$/.test(text);
}
