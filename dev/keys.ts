// `npm run keys`: who may come in. Creates, lists and revokes API keys.

import file from "../gatehouse.json" with { type: "json" };
import { MAX_KEY_DAYS } from "../src/access/api-key.ts";
import { PrincipalId } from "../src/access/principal.ts";
import { neonSql } from "../src/adapters/neon-sql.ts";
import { fail, readArguments, text } from "./options.ts";
import { devSession } from "./session.ts";
import { createKey, listKeys, revokeKey } from "./stack/api-keys.ts";
import { table } from "./stack/terminal.ts";
import type { KeyStore, NewKey } from "./stack/api-keys.ts";

const USAGE = `npm run keys -- create --principal NAME --roles ROLE[,ROLE…] [options]
npm run keys -- list
npm run keys -- revoke KEY_ID

  --kind agent|human      agent
  --on-behalf-of WHO      the person for whom an agent acts; stands in every audit row
  --owner WHO             the person who answers for the key, and so never approves what it asks for
  --days N                1 to ${MAX_KEY_DAYS}; 30
  --note TEXT
DATABASE_URL (the owner's) and KEY_PEPPER say where; without them, the running npm run dev is meant.`;

const { values, words } = readArguments(USAGE, {
  principal: { type: "string" },
  roles: { type: "string" },
  kind: { type: "string" },
  "on-behalf-of": { type: "string" },
  owner: { type: "string" },
  days: { type: "string" },
  note: { type: "string" },
});

try {
  await run(words[0], keyStore());
} catch (cause) {
  fail(cause instanceof Error ? cause.message : String(cause));
}

async function run(command: string | undefined, store: KeyStore): Promise<void> {
  switch (command) {
    case "create": {
      const key = await createKey(store, newKey());
      console.log(`${key}\n\nThis is the only time it is shown: only a hash of it is stored.`);
      return;
    }
    case "list": {
      const keys = await listKeys(store);
      console.log(keys.length === 0 ? "There are no keys yet." : table(keys.map((key) => ({ ...key, ...times(key) }))));
      return;
    }
    case "revoke": {
      const keyId = words[1]?.replace(/^ghk_([a-z0-9]{16})_.*$/, "$1") ?? fail(USAGE);
      if (!(await revokeKey(store, keyId))) fail(`There is no key ${keyId} that could be revoked.`);
      console.log(`Revoked ${keyId}. Open sessions lose it within 30 seconds.`);
      return;
    }
    default:
      fail(USAGE);
  }
}

function keyStore(): KeyStore {
  const { DATABASE_URL, KEY_PEPPER } = process.env;
  const dev = devSession();
  const databaseUrl = DATABASE_URL ?? dev?.databaseUrl;
  const pepper = DATABASE_URL === undefined ? dev?.keyPepper : KEY_PEPPER;
  if (databaseUrl === undefined) fail("Set DATABASE_URL and KEY_PEPPER, or start npm run dev.");
  if (pepper === undefined || pepper.length < 32)
    fail("Set KEY_PEPPER to the pepper of this deployment (at least 32 characters).");
  return { sql: neonSql(databaseUrl), pepper };
}

function newKey(): NewKey {
  const principal = PrincipalId.safeParse(text(values.principal));
  if (!principal.success) fail(`--principal ${principal.error.issues[0]?.message ?? "is missing"}`);

  const roles = (text(values.roles) ?? "").split(",").filter((role) => role !== "");
  const known = Object.keys(file.roles);
  const unknown = roles.filter((role) => !known.includes(role));
  if (roles.length === 0 || unknown.length > 0) fail(`--roles takes some of: ${known.join(", ")} (gatehouse.json)`);

  const onBehalfOf = text(values["on-behalf-of"]);
  if (onBehalfOf !== undefined && onBehalfOf.length > 256) fail("--on-behalf-of takes 256 characters at most.");
  const owner = text(values.owner);
  if (owner !== undefined && owner.length > 256) fail("--owner takes 256 characters at most.");
  const kind = text(values.kind) ?? "agent";
  if (kind !== "agent" && kind !== "human") fail("--kind is agent or human.");
  const days = Number(text(values.days) ?? 30);
  if (!Number.isInteger(days) || days < 1 || days > MAX_KEY_DAYS) fail(`--days takes 1 to ${MAX_KEY_DAYS}.`);
  return {
    principal: principal.data,
    kind,
    roles,
    onBehalfOf,
    owner,
    days,
    note: text(values.note),
  };
}

function times(key: Awaited<ReturnType<typeof listKeys>>[number]) {
  const day = (date: Date | null) => date?.toISOString().slice(0, 16) ?? "";
  return {
    roles: key.roles.join(","),
    on_behalf_of: key.on_behalf_of ?? "",
    owner: key.owner ?? "",
    created_at: day(key.created_at),
    expires_at: day(key.expires_at),
    revoked_at: day(key.revoked_at),
    last_used_at: day(key.last_used_at),
  };
}
