// What `kubectl apply -k` would send: rendered where a kubectl with components is there, else as it was last rendered.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import * as z from "zod";
import { Manifest } from "./schema.ts";

const DEPLOY = new URL("../../deploy/", import.meta.url).pathname;
const RENDERED = new URL("rendered/", import.meta.url).pathname;
/** Within the checkout, because a kustomization names its bases by relative paths. */
const SCRATCH = new URL("../../../.dev/", import.meta.url).pathname;

/** As the docs have it for a cluster in which runbooks may do everything that needs no right over nodes. */
const ACTIONS_SETTINGS = {
  name: "actions-proxy-settings",
  namespace: "gatehouse",
  literals: ["ALLOWED_NAMESPACES=shop", "ALLOWED_ACTIONS=rollout_restart,scale,rollout_undo,evict,delete_pod"],
};

const Version = z.object({ kustomizeVersion: z.string() });

export const hasKustomize = (() => {
  try {
    const text = execFileSync("kubectl", ["version", "--client", "-o", "json"], { stdio: "pipe" }).toString();
    return Number(/^v(\d+)/.exec(Version.parse(JSON.parse(text)).kustomizeVersion)?.[1] ?? 0) >= 5;
  } catch {
    // There is none, or it is too old to say.
    return false;
  }
})();

/** Overlays and components are named as below `deploy`: `overlays/prod`. */
export function renderOverlay(path: string): Manifest[] {
  return kustomize(join(DEPLOY, path));
}

/** The base with some components, and one namespace listed for each proxy, as an overlay of its own would have it. */
export function renderComponents(components: readonly string[]): Manifest[] {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "overlay-"));
  const at = (path: string) => relative(folder, join(DEPLOY, path));
  const bindings = [
    ...(components.includes("namespaces") ? ["gatehouse-read"] : []),
    ...(components.includes("runbook-actions") ? ["gatehouse-act"] : []),
  ].map((name) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name, namespace: "shop" },
  }));
  const overlay = {
    resources: [at("base"), ...(bindings.length > 0 ? ["namespaces.yaml"] : [])],
    components: components.map((name) => at(`components/${name}`)),
    ...(components.includes("runbook-actions") && { configMapGenerator: [ACTIONS_SETTINGS] }),
  };
  writeFileSync(join(folder, "kustomization.yaml"), stringify(overlay));
  writeFileSync(join(folder, "namespaces.yaml"), bindings.map((binding) => stringify(binding)).join("---\n"));
  try {
    return kustomize(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kustomize(folder: string): Manifest[] {
  return manifests(execFileSync("kubectl", ["kustomize", folder], { stdio: "pipe" }).toString());
}

function manifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => Manifest.parse(document.toJS()));
}

/** The committed rendering, for reviewers and for machines without kubectl. Its first line says what it was made of. */
export function renderedText(all: readonly Manifest[]): string {
  const documents = all.map((manifest) => stringify(manifest, { lineWidth: 0, sortMapEntries: true }));
  return `# Made by tests/deploy of ${sourcesDigest()}; do not edit.\n${documents.join("---\n")}`;
}

export function renderedFile(name: string): string {
  return join(RENDERED, `${name}.yaml`);
}

export function readRendered(name: string): { readonly isCurrent: boolean; readonly manifests: Manifest[] } {
  const text = readFileSync(renderedFile(name), "utf8");
  return { isCurrent: text.includes(sourcesDigest()), manifests: manifests(text) };
}

/** Of the sources' content without their comments. */
function sourcesDigest(): string {
  const hash = createHash("sha256");
  const files = readdirSync(DEPLOY, { recursive: true, encoding: "utf8" }).filter((path) => /\.(yaml|env)$/.test(path));
  for (const path of files.sort()) hash.update(JSON.stringify([path, contentOf(path)]));
  return hash.digest("hex").slice(0, 16);
}

function contentOf(path: string): unknown {
  const text = readFileSync(join(DEPLOY, path), "utf8");
  if (path.endsWith(".env")) return text.replace(/^#.*\n/gm, "");
  return parseAllDocuments(text).map((document) => z.unknown().parse(document.toJS()));
}
