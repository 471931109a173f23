// What a cluster team applies: valid by the API's own schemas, and safe by what is in it and what is not.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { hasKustomize, readRendered, renderComponents, renderedFile, renderedText, renderOverlay } from "./render.ts";
import { schemaFaults } from "./schema.ts";

import type { Manifest } from "./schema.ts";

const faultsOf = schemaFaults();

/** All that can be had in one cluster at once. */
const EVERYTHING = ["cluster-wide", "prometheus", "loki", "cloudflared", "runbook-actions", "runbook-actions-nodes"];
const OVERLAYS = readdirSync(new URL("../../deploy/overlays", import.meta.url)).sort();

/** Every choice of the optional components, with either way to open namespaces. */
const COMBINATIONS = ["namespaces", "cluster-wide"]
  .flatMap((access) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [
      access,
      ...["prometheus", "loki", "cloudflared"].filter((_, index) => (bits & (1 << index)) !== 0),
    ]),
  )
  .concat([
    ["namespaces", "runbook-actions"],
    ["namespaces", "cloudflared", "runbook-actions", "runbook-actions-nodes"],
  ]);

const Rule = z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) });
const Role = z.object({ rules: z.array(Rule) });
const Binding = z.object({
  roleRef: z.object({ kind: z.literal("ClusterRole"), name: z.string() }),
  subjects: z.tuple([z.object({ kind: z.string(), name: z.string(), namespace: z.string() })]),
});
const SecurityContext = z.looseObject({
  runAsNonRoot: z.boolean(),
  readOnlyRootFilesystem: z.boolean(),
  allowPrivilegeEscalation: z.boolean(),
  capabilities: z.object({ drop: z.array(z.string()), add: z.array(z.string()).optional() }),
});
const Deployment = z.object({
  spec: z.object({
    replicas: z.int(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        automountServiceAccountToken: z.boolean(),
        securityContext: z.looseObject({ runAsNonRoot: z.boolean(), runAsUser: z.int() }),
        volumes: z.array(z.looseObject({ name: z.string() })).default([]),
        containers: z.array(
          z.looseObject({
            image: z.string(),
            securityContext: SecurityContext,
            resources: z.object({ requests: z.object({ cpu: z.string(), memory: z.string() }), limits: z.unknown() }),
            startupProbe: z.unknown(),
            readinessProbe: z.unknown(),
            livenessProbe: z.unknown(),
          }),
        ),
      }),
    }),
  }),
});
const Budget = z.object({ spec: z.looseObject({ minAvailable: z.int().optional() }) });
const Settings = z.object({ data: z.record(z.string(), z.string()) });
const Policy = z.object({
  spec: z.object({
    podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    policyTypes: z.array(z.string()),
    ingress: z.array(z.object({ from: z.array(z.unknown()).min(1), ports: z.array(z.unknown()).min(1) })).default([]),
    egress: z.array(z.object({ to: z.array(z.unknown()).min(1), ports: z.array(z.unknown()).min(1) })).default([]),
  }),
});

const ofKind = (all: readonly Manifest[], kind: string) => all.filter((manifest) => manifest.kind === kind);
const names = (all: readonly Manifest[]) => all.map(({ metadata }) => metadata.name).sort();

/** What must hold whatever is chosen; each a sentence when it does not. */
function isSafe(all: readonly Manifest[]): void {
  expect(all.flatMap(faultsOf)).toEqual([]);
  expect(all.map(({ kind }) => kind)).not.toContain("Secret");
  expect(JSON.stringify(all)).not.toMatch(/hostPath|hostNetwork|hostPID|hostIPC|privileged":true|"NodePort"|hostPort/);
  readingRolesOnlyRead(all);
  accountsAreBoundToNothingElse(all);
  podsAreRestricted(all);
  everyPodHasItsPolicy(all);
}

/** Those of the actions proxy are in actions-rights.test.ts, verb by verb. */
function readingRolesOnlyRead(all: readonly Manifest[]): void {
  const roles = ofKind(all, "ClusterRole").filter(({ metadata }) => !/^gatehouse-act(-nodes)?$/.test(metadata.name));
  const rules = roles.flatMap((role) => Role.parse(role).rules);
  expect([...new Set(rules.flatMap(({ verbs }) => verbs))].sort()).toEqual(["get", "list", "watch"]);
  expect(rules.flatMap(({ apiGroups }) => apiGroups)).not.toContain("*");
  const resources = rules.flatMap((rule) => rule.resources);
  expect(
    resources.filter((name) => /secret|configmap|serviceaccount|exec|attach|portforward|proxy|\*/.test(name)),
  ).toEqual([]);
  expect(resources.filter((name) => name.includes("/"))).toEqual(["pods/log"]);
  expect(rules.find((rule) => rule.resources.includes("pods/log"))?.verbs).toEqual(["get"]);
  expect(ofKind(all, "Role")).toEqual([]);
}

function accountsAreBoundToNothingElse(all: readonly Manifest[]): void {
  for (const binding of [...ofKind(all, "RoleBinding"), ...ofKind(all, "ClusterRoleBinding")]) {
    const { roleRef, subjects } = Binding.parse(binding);
    const name = /^gatehouse-read(-cluster)?$/.test(roleRef.name) ? "k8s-proxy" : "actions-proxy";
    expect(roleRef.name).toMatch(name === "k8s-proxy" ? /^gatehouse-read/ : /^gatehouse-act(-nodes)?$/);
    expect(subjects).toEqual([{ kind: "ServiceAccount", name, namespace: "gatehouse" }]);
  }
}

function podsAreRestricted(all: readonly Manifest[]): void {
  const [namespace] = ofKind(all, "Namespace");
  expect(namespace?.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  for (const manifest of ofKind(all, "Deployment")) {
    const { replicas, template } = Deployment.parse(manifest).spec;
    // Of the actions proxy one, which remembers its keys.
    expect(replicas).toBe(manifest.metadata.name === "actions-proxy" ? 1 : 2);
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    for (const { securityContext, ...container } of template.spec.containers) {
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
      expect(securityContext.capabilities.add).toBeUndefined();
      expect(container.resources.limits).toHaveProperty("memory");
      expect([container.startupProbe, container.readinessProbe, container.livenessProbe]).not.toContain(undefined);
    }
    // The token of the API server is for the proxies' pods alone.
    expect(template.spec.automountServiceAccountToken).toBe(manifest.metadata.name !== "cloudflared");
  }
  const budgets = ofKind(all, "PodDisruptionBudget");
  expect(names(budgets)).toEqual(names(ofKind(all, "Deployment")));
  expect(budgets.map((budget) => Budget.parse(budget).spec.minAvailable)).toEqual(
    budgets.map(({ metadata }) => (metadata.name === "actions-proxy" ? undefined : 1)),
  );
}

function everyPodHasItsPolicy(all: readonly Manifest[]): void {
  const policies = ofKind(all, "NetworkPolicy").map((policy) => Policy.parse(policy).spec);
  for (const { metadata } of ofKind(all, "Deployment")) {
    const own = policies.filter(({ podSelector }) => Object.values(podSelector.matchLabels).includes(metadata.name));
    // Both directions are closed by at least one policy, so that nothing is open but what is listed.
    expect(own.flatMap(({ policyTypes }) => policyTypes)).toEqual(expect.arrayContaining(["Ingress", "Egress"]));
  }
}

describe.each([...OVERLAYS, "everything"])("the rendering %s", (name) => {
  const { isCurrent, manifests } = readRendered(name);

  it("is valid and safe", () => {
    isSafe(manifests);
  });

  it("is of the sources as they are; if not, run this test with -u where there is a kubectl", async () => {
    if (!hasKustomize) {
      expect(isCurrent).toBe(true);
      return;
    }
    const fresh = name === "everything" ? renderComponents(EVERYTHING) : renderOverlay(`overlays/${name}`);
    await expect(renderedText(fresh)).toMatchFileSnapshot(renderedFile(name));
  });
});

describe("an overlay", () => {
  it("exists for a cluster to try it in and for one that is used", () => {
    expect(OVERLAYS).toEqual(["dev", "prod"]);
  });

  it.each(OVERLAYS)("opens the same namespaces in its settings as by its bindings: %s", (name) => {
    const { manifests } = readRendered(name);
    const settings = Settings.parse(ofKind(manifests, "ConfigMap")[0]).data;

    const bound = ofKind(manifests, "RoleBinding").map(({ metadata }) => metadata.namespace ?? "");
    expect(settings.ALLOWED_NAMESPACES?.split(",").sort()).toEqual(bound.sort());
  });

  it("for a cluster that is used names its images by digest and the API server by its address", () => {
    const { manifests } = readRendered("prod");
    const images = ofKind(manifests, "Deployment").flatMap((manifest) =>
      Deployment.parse(manifest).spec.template.spec.containers.map(({ image }) => image),
    );

    expect(images).toHaveLength(2);
    expect(images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
    expect(JSON.stringify(ofKind(manifests, "NetworkPolicy"))).not.toContain("0.0.0.0/0");
  });

  it("gives the pods a new start when a setting changes, by the name of its map", () => {
    const map = ofKind(readRendered("prod").manifests, "ConfigMap")[0]?.metadata.name ?? "";

    expect(map).toMatch(/^k8s-proxy-settings-[a-z0-9]{10}$/);
    expect(JSON.stringify(ofKind(readRendered("prod").manifests, "Deployment"))).toContain(`"${map}"`);
  });
});

describe("network policies", () => {
  const { manifests } = readRendered("everything");
  const policies = ofKind(manifests, "NetworkPolicy").map((manifest) => ({
    name: manifest.metadata.name,
    ...Policy.parse(manifest).spec,
  }));

  it("let only the tunnel and Prometheus in, each to its own port", () => {
    const doors = policies.flatMap(({ name, ingress }) => ingress.map(({ ports }) => [name, ports]));

    expect(doors).toEqual([
      ["actions-proxy", [{ port: 8080, protocol: "TCP" }]],
      ["k8s-proxy-from-tunnel", [{ port: 8080, protocol: "TCP" }]],
      ["k8s-proxy-prometheus", [{ port: 9090, protocol: "TCP" }]],
    ]);
  });

  it("let the proxy out to names, the API server, Prometheus, the Alertmanager and Loki, and the tunnel to nothing of these", () => {
    const ports = (prefix: string) =>
      policies
        .filter(({ name }) => name.startsWith(prefix))
        .flatMap(({ egress }) => egress.flatMap((rule) => rule.ports))
        .map((port) => z.object({ port: z.int() }).parse(port).port);

    expect(new Set(ports("k8s-proxy"))).toEqual(new Set([53, 443, 6443, 9090, 9093, 8080, 3100]));
    expect(new Set(ports("cloudflared"))).toEqual(new Set([53, 8080, 7844]));
    expect(new Set(ports("actions-proxy"))).toEqual(new Set([53, 443, 6443]));
  });
});

describe("the check itself", () => {
  const RIGHT: Manifest = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "x" },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "x" } } },
  };

  it("knows eighteen combinations", () => {
    expect(COMBINATIONS).toHaveLength(18);
  });

  it.each([
    ["nothing in what is right", {}, ""],
    ["an unknown field", { spec: { minAvailabel: 1 } }, "minAvailabel"],
    ["an unknown field deep inside", { metadata: { name: "x", lables: {} } }, "lables"],
    ["a text for a map", { spec: { selector: { matchLabels: "x" } } }, "/spec/selector/matchLabels"],
    ["a list for a number or text", { spec: { minAvailable: [] } }, "/spec/minAvailable"],
    ["an unknown kind", { kind: "PodDisruptionBuget" }, "is not known"],
    ["a version that was taken away", { apiVersion: "policy/v1beta1" }, "is not known"],
  ])("finds %s", (_, change, words) => {
    const faults = faultsOf({ ...RIGHT, ...change }).join("\n");

    expect(faults).toContain(words);
    expect(faults === "").toBe(words === "");
  });
});

// Without kubectl the three renderings above stand for them.
describe.runIf(hasKustomize)("the base with", () => {
  it.each(COMBINATIONS.map((components) => [components.join(", "), components] as const))(
    "%s is valid and safe",
    (_, components) => {
      isSafe(renderComponents(components));
    },
  );
});
