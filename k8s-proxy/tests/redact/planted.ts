// Secrets made up at run time, one of every kind that the rules know: nothing here is, or looks in the source like, a real one.

export interface Planted {
  readonly kind: string;
  /** The line as a program would have written it. */
  readonly line: string;
  /** What must not come out. */
  readonly secret: string;
}

/** Whole numbers from 0 up to, and without, the bound. */
export type Random = (bound: number) => number;

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";

function text(random: Random, length: number, alphabet: string = LETTERS + DIGITS): string {
  const pick = () => alphabet[random(alphabet.length)] ?? "x";
  // A digit inside, so that no secret is by chance a word.
  return Array.from({ length }, (_, index) => (index === 3 && alphabet.includes("7") ? "7" : pick())).join("");
}

const upper = (random: Random, length: number) => text(random, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
const hex = (random: Random, length: number) => text(random, length, "0123456789abcdef");

type Plant = (secret: string) => string;

/** Kind of mark, how its secret is made, and the lines it stands in. */
const KINDS: readonly (readonly [kind: string, make: (random: Random) => string, plants: readonly Plant[]])[] = [
  [
    "secret",
    (random) => text(random, 14),
    [
      (s) => `connecting with password=${s} to the database`,
      (s) => `{"user":"svc","password":"${s}","ok":true}`,
      (s) => `{\\"user\\":\\"svc\\",\\"password\\":\\"${s}\\"}`,
      (s) => `DB_PASS=${s} DB_HOST=db`,
      (s) => `db.passwd: ${s}`,
      (s) => `api_key='${s}'`,
      (s) => `x-api-key: ${s}`,
      (s) => `clientSecret: "${s}"`,
      (s) => `GET /v1/items?apiKey=${s}&page=2 200`,
      (s) => `aws_secret_access_key = ${s}`,
      (s) => `AccountName=x;AccountKey=${s};EndpointSuffix=core`,
      (s) => `Server=db;User Id=sa;Password=${s};Encrypt=true`,
      (s) => `+ ./migrate --db-password ${s} --dry-run`,
      (s) => `secret => ${s}`,
      (s) => `signing_key=${s}`,
      (s) => `connect pass=${s}`,
      (s) => `DBPASS=${s}`,
      (s) => `<db:password>${s}</db:password>`,
      (s) => `{"passwords":["${s}"]}`,
      (s) => `password="${s}`,
      (s) => `{"password":"ab\\"${s}"}`,
      (s) => `password=ab,${s}`,
      (s) => `http.Header{"X-Api-Key":[]string{"${s}"}}`,
      (s) => `{"password":{"value":"${s}"}}`,
      (s) => `password=b'${s}'`,
      (s) => `Settings(password=SecretStr('${s}'))`,
      (s) => `Password: (string) (len=14) "${s}"`,
      (s) => `credentials=["a","${s}"]`,
      (s) => `master_password                     = "${s}"`,
      (s) => `SECRET_KEY_BASE=${s}`,
      (s) => `API_KEY_V2=${s}`,
      (s) => `RAILS_MASTER_KEY=${s}`,
      (s) => `ALTER USER app WITH PASSWORD '${s}'`,
      (s) => `curl -s -u admin:${s} https://x.example`,
      (s) => `mysql -h db -p${s} shop`,
      (s) => `{"auths":{"r.example":{"auth":"${s}"}}}`,
      (s) => `{"key":"db_password","value":"${s}"}`,
      (s) => `q=password%3D${s}`,
      (s) => `\\u0022password\\u0022:\\u0022${s}\\u0022`,
      (s) => `machine git.example login bob password ${s}`,
      (s) => `PASSWORD='it''s${s}'`,
      (s) => `jdbc:sqlserver://db:1433;user=sa;password=P@${s};w0rd`,
      (s) => `password=$${s}`,
      (s) => `password=[REDACTED:x]${s}`,
      (s) => `password="${"long ".repeat(900)}${s}"`,
    ],
  ],
  [
    "token",
    (random) => text(random, 24),
    [
      (s) => `token=${s}`,
      (s) => `refreshing, token: ${s} expires soon`,
      (s) => `{"access_token":"${s}","expires_in":3600}`,
      (s) => `callback?id_token=${s}&state=1`,
      (s) => `session_id=${s}`,
      (s) => `auth_key=${s}`,
      (s) => `VAULT_TOKEN=${s}`,
    ],
  ],
  [
    "authorization",
    (random) => text(random, 30),
    [
      (s) => `> Authorization: Bearer ${s}`,
      (s) => `headers={"authorization":"Basic ${s}=="}`,
      (s) => `retrying with bearer ${s}`,
      (s) => `map[Authorization:[Bearer ${s}] Accept:[*/*]]`,
      (s) => `Authorization: Digest username="u", realm="r", response="${s}"`,
      (s) => `Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=${s}`,
      (s) => `curl -H 'Authorization: token ${s}' example`,
    ],
  ],
  [
    "cookie",
    (random) => text(random, 20),
    [(s) => `Cookie: theme=dark; sid=${s}`, (s) => `set-cookie: sid=${s}; Path=/`],
  ],
  [
    "url_password",
    (random) => text(random, 12),
    [
      (s) => `dial postgres://shop:${s}@db.internal:5432/shop failed`,
      (s) => `redis://:${s}@cache:6379/0`,
      (s) => `postgres://shop:a/b@c${s}@db.internal/shop`,
      (s) => `dsn shop:${s}@tcp(db:3306)/shop`,
    ],
  ],
  ["url_password", (random) => text(random, 24), [(s) => `cloning https://${s}@git.example/team/repo`]],
  [
    "jwt",
    (random) => `eyJ${text(random, 20)}.eyJ${text(random, 40)}.${text(random, 43)}`,
    [(s) => `got ${s} from idp`],
  ],
  ["aws_key", (random) => `AKIA${upper(random, 16)}`, [(s) => `using ${s} in eu-west-1`]],
  ["github_token", (random) => `ghp_${text(random, 36)}`, [(s) => `push with ${s} refused`]],
  ["github_token", (random) => `github_pat_${text(random, 60)}`, [(s) => `remote said no to ${s}`]],
  ["gitlab_token", (random) => `glpat-${text(random, 20)}`, [(s) => `ci uses ${s}`]],
  ["slack_token", (random) => `xoxb-${text(random, 30)}`, [(s) => `posting as ${s}`]],
  ["stripe_key", (random) => `sk_live_${text(random, 24)}`, [(s) => `charge by ${s}`]],
  ["google_key", (random) => `AIza${text(random, 35)}`, [(s) => `maps?key=${s}`]],
  ["npm_token", (random) => `npm_${text(random, 36)}`, [(s) => `//registry/:_authToken is ${s}`]],
  ["model_key", (random) => `sk-${text(random, 40)}`, [(s) => `asking the model with ${s}`]],
  ["sendgrid_key", (random) => `SG.${text(random, 22)}.${text(random, 43)}`, [(s) => `mail by ${s}`]],
  ["vault_token", (random) => `hvs.${text(random, 24)}`, [(s) => `vault login ${s}`]],
  [
    "gatehouse_key",
    (random) => `ghk_${text(random, 16, "abcdefghij")}_${text(random, 43)}`,
    [(s) => `agent with ${s}`],
  ],
  ["registry_token", (random) => `dckr_pat_${text(random, 27)}`, [(s) => `pull as ${s}`]],
  ["registry_token", (random) => `dop_v1_${hex(random, 64)}`, [(s) => `doctl ${s}`]],
  ["password_hash", (random) => `$2b$12$${text(random, 53)}`, [(s) => `row 7: ${s}`]],
  ["signature", (random) => text(random, 44), [(s) => `https://x.blob.example/a?sv=2024&sig=${s}`]],
];

export function planted(random: Random): readonly Planted[] {
  return KINDS.flatMap(([kind, make, plants]) =>
    plants.map((plant) => {
      const secret = make(random);
      return { kind, secret, line: plant(secret) };
    }),
  );
}

/** The lines of a private key as a program prints it. */
export function privateKey(random: Random): { readonly lines: readonly string[]; readonly body: readonly string[] } {
  const body = Array.from({ length: 6 }, (_, index) => text(random, index === 5 ? 20 : 64, `${LETTERS + DIGITS}+/`));
  const name = `PRIVATE KEY`;
  return { body, lines: [`-----BEGIN RSA ${name}-----`, ...body, `-----END RSA ${name}-----`] };
}
