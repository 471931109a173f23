// `npm run clusters`: which clusters this deployment reaches. Adds one, lists them, and checks each of them end to end.

import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { PrivateKey } from "../src/config.ts";
import { root } from "./node/runtime.mjs";
import { checkCluster } from "./operator/check-cluster.ts";
import {
  isOnThisMachine,
  keyName,
  requireClusters,
  toLine,
  withCluster,
  withLine,
} from "./operator/configured-clusters.ts";
import { fail, readArguments, text } from "./options.ts";
import { DEV_FOLDER } from "./stack/stack.ts";
import { styled, table } from "./stack/terminal.ts";
import type { Checked } from "./operator/check-cluster.ts";
import type { Cluster } from "./operator/configured-clusters.ts";

const USAGE = `npm run clusters -- add NAME URL [options]    print what the Worker and the proxy must be told
npm run clusters -- list
npm run clusters -- check [NAME…]             ask each proxy whether it is well, and make one signed call

  --write     add: put it into wrangler.toml as well
  --actions URL   add: where its actions proxy is, if it has one; left out, what was known of it stays
  --new-key   add: make a key for this cluster alone, into .dev/keys, instead of PROXY_SIGNING_KEY
Keys are read from the variables that they are the secrets of: PROXY_SIGNING_KEY, or what the "key" of a cluster names.`;

const WRANGLER = join(root, "wrangler.toml");
const { values, words } = readArguments(USAGE, {
  write: { type: "boolean" },
  "new-key": { type: "boolean" },
  actions: { type: "string" },
});

try {
  await run(words);
} catch (cause) {
  fail(cause instanceof Error ? cause.message : String(cause));
}

async function run([command, ...more]: readonly string[]): Promise<void> {
  const clusters = requireClusters(readFileSync(WRANGLER, "utf8"));
  switch (command) {
    case "add": {
      const [name, url] = more;
      if (name === undefined || url === undefined) fail(USAGE);
      add(clusters, { name, url });
      return;
    }
    case "list":
      console.log(
        table(
          clusters.map(({ name, url, key, actions_url: actions }) => ({
            name,
            url,
            key: key ?? "PROXY_SIGNING_KEY",
            actions: actions ?? "none",
          })),
        ),
      );
      return;
    case "check":
      return check(chosen(clusters, more));
    default:
      fail(USAGE);
  }
}

function add(clusters: readonly Cluster[], { name, url }: Cluster): void {
  const isNew = values["new-key"] === true;
  const known = clusters.find((cluster) => cluster.name === name);
  const key = isNew ? keyName(name) : known?.key;
  const actionsUrl = text(values.actions) ?? known?.actions_url;
  const cluster = {
    name,
    url,
    ...(key !== undefined && { key }),
    ...(actionsUrl !== undefined && { actions_url: actionsUrl }),
  };
  const all = withCluster(clusters, cluster);
  const made = isNew ? makeKey(keyName(name)) : undefined;

  if (values.write === true) writeFileSync(WRANGLER, withLine(readFileSync(WRANGLER, "utf8"), all));
  console.log(`${styled("bold", values.write === true ? "Written to wrangler.toml" : "For wrangler.toml, [vars]")}\n`);
  console.log(`${toLine(all)}\n`);
  console.log(`${styled("bold", "For the proxy, settings.env of its overlay")}\n`);
  console.log(`CLUSTER_NAME=${name}\nGATEHOUSE_PUBLIC_KEY=${made?.publicKey ?? publicKeyOf(cluster)}\n`);
  if (made) {
    console.log(`${styled("bold", "The new key")}\n`);
    console.log(`npm run wrangler -- secret put ${keyName(name)} < ${made.path} && rm ${made.path}\n`);
  }
  console.log(`Then npm run deploy, and npm run clusters -- check ${name}.`);
}

/** Into a file and not onto the terminal, whose history is kept. */
function makeKey(name: string): { readonly path: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const folder = join(DEV_FOLDER, "keys");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(privateKey.export({ format: "jwk" })), { mode: 0o600, flag: "wx" });
  return { path, publicKey: JSON.stringify(publicKey.export({ format: "jwk" })) };
}

function publicKeyOf(cluster: Cluster): string {
  const key = signingKey(cluster);
  if (!key) return `(the public half of ${cluster.key ?? "PROXY_SIGNING_KEY"}: set that variable to see it here)`;
  return JSON.stringify({ kty: key.kty, crv: key.crv, x: key.x });
}

function signingKey(cluster: Pick<Cluster, "url" | "key">) {
  const { key = "PROXY_SIGNING_KEY" } = cluster;
  const text = process.env[key];
  if (text === undefined) return isOnThisMachine(cluster) ? developmentKey() : undefined;
  const parsed = PrivateKey.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${key} is not a signing key:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** What `npm run dev` signs with. */
function developmentKey() {
  try {
    const secrets: unknown = JSON.parse(readFileSync(join(DEV_FOLDER, "secrets.json"), "utf8"));
    return z.object({ signingKey: PrivateKey }).parse(secrets).signingKey;
  } catch {
    // It never ran here.
    return undefined;
  }
}

function chosen(clusters: readonly Cluster[], names: readonly string[]): readonly Cluster[] {
  const unknown = names.filter((name) => !clusters.some((cluster) => cluster.name === name));
  if (unknown.length > 0)
    fail(`Not in CLUSTERS: ${unknown.join(", ")}. There are: ${clusters.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? clusters : clusters.filter(({ name }) => names.includes(name));
}

async function check(clusters: readonly Cluster[]): Promise<void> {
  const now = () => Date.now();
  const rows = await Promise.all(
    clusters.map((cluster) => checkCluster(cluster, { signingKey: signingKey(cluster), now })),
  );
  console.log(table(rows.map(({ faults: _, ...row }) => row)));
  for (const { cluster, faults } of rows)
    for (const fault of faults) console.log(`${styled("red", cluster)}: ${fault}`);
  if (rows.some(({ faults }: Checked) => faults.length > 0)) process.exitCode = 1;
}
