// What the two proxies' accounts may do, rule by rule: the reading one writes nothing, and the acting one what its actions need.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { hasKustomize, readRendered, renderComponents } from "./render.ts";

import type { Manifest } from "./schema.ts";

const Rules = z.object({
  rules: z.array(
    z.strictObject({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});
const Bound = z.object({
  roleRef: z.object({ name: z.string() }),
  subjects: z.array(z.object({ name: z.string() })),
});
const Pods = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ serviceAccountName: z.string(), containers: z.array(z.unknown()) }) }),
  }),
});

const { manifests } = readRendered("everything");

/** `verb resource.group`, of every role that is bound to the account anywhere. */
function rightsOf(account: string, all: readonly Manifest[]): string[] {
  const bound = all.flatMap((manifest) => {
    const binding = Bound.safeParse(manifest).data;
    return binding?.subjects.some(({ name }) => name === account) ? [binding.roleRef.name] : [];
  });
  const roles = all.filter(({ kind, metadata }) => kind === "ClusterRole" && bound.includes(metadata.name));
  const rights = roles
    .flatMap((role) => Rules.parse(role).rules)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => `${verb} ${group === "" ? resource : `${resource}.${group}`}`),
        ),
      ),
    );
  return [...new Set(rights)].sort();
}

const WORKLOADS = ["daemonsets.apps", "deployments.apps", "statefulsets.apps"];

describe("the account", () => {
  it("of the reading proxy has no verb that writes, whatever else is installed", () => {
    const verbs = rightsOf("k8s-proxy", manifests).map((right) => right.split(" ")[0]);

    expect([...new Set(verbs)].sort()).toEqual(["get", "list", "watch"]);
  });

  it("of the actions proxy has exactly what its actions need", () => {
    expect(rightsOf("actions-proxy", manifests)).toEqual(
      [
        ...WORKLOADS.flatMap((workload) => [`get ${workload}`, `patch ${workload}`]),
        "patch deployments/scale.apps",
        "patch statefulsets/scale.apps",
        "list replicasets.apps",
        "get pods",
        "delete pods",
        "create pods/eviction",
        "list poddisruptionbudgets.policy",
        // runbook-actions-nodes
        "get nodes",
        "patch nodes",
        "list pods",
      ].sort(),
    );
  });

  it.runIf(hasKustomize)("of the actions proxy has nothing of the whole cluster without runbook-actions-nodes", () => {
    const all = renderComponents(["namespaces", "runbook-actions"]);

    const wide = all.filter(({ kind }) => kind === "ClusterRoleBinding").map((manifest) => Bound.parse(manifest));
    expect(wide.flatMap(({ subjects }) => subjects.map(({ name }) => name))).toEqual(["k8s-proxy"]);
    expect(rightsOf("actions-proxy", all).filter((right) => /nodes|list pods/.test(right))).toEqual([]);
    const narrow = all.filter(({ kind, metadata }) => kind === "RoleBinding" && metadata.name === "gatehouse-act");
    expect(narrow.map(({ metadata }) => metadata.namespace)).toEqual(["shop"]);
  });
});

describe("the actions proxy's pods", () => {
  const pods = manifests.filter(({ kind, metadata }) => kind === "Deployment" && metadata.name === "actions-proxy");
  const [container] = pods.flatMap((manifest) => Pods.parse(manifest).spec.template.spec.containers);
  const settings = manifests.filter(({ metadata }) => metadata.name.startsWith("actions-proxy-settings"));

  it("run the other program of the same image, with an account of their own", () => {
    expect(pods.map((manifest) => Pods.parse(manifest).spec.template.spec.serviceAccountName)).toEqual([
      "actions-proxy",
    ]);
    expect(container).toMatchObject({ image: "k8s-proxy", args: ["/app/actions.mjs"] });
  });

  it("do not start without namespaces and actions of their own: those of the reading proxy do not stand in", () => {
    const name = settings[0]?.metadata.name;
    const own = (key: string) => ({ name: key, valueFrom: { configMapKeyRef: { name, key } } });

    expect(container).toMatchObject({
      envFrom: [{ configMapRef: { name: expect.stringMatching(/^k8s-proxy-settings-/) } }, { configMapRef: { name } }],
      env: expect.arrayContaining([own("ALLOWED_NAMESPACES"), own("ALLOWED_ACTIONS")]),
    });
    expect(name).toMatch(/^actions-proxy-settings-[a-z0-9]{10}$/);
  });
});
