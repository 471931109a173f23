// A tool that asks one route of a cluster's proxy: the route's request is its input, and only the answer is its own to shape.

import * as z from "zod";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { DEFAULT_RESULT_BYTES, defineTool, invalidInput } from "../tool/tool.ts";
import { chooseCluster } from "../tool/place.ts";
import { Cluster, fromProxy } from "./cluster.ts";
import type { Observed, Route } from "k8s-proxy/contract";
import type { Permission } from "../access/permission.ts";
import type { Target } from "../access/grant.ts";
import type { Result } from "../result.ts";
import type { Capabilities } from "../tool/capabilities.ts";
import type { InvalidInput, ToolFailure } from "../tool/failure.ts";
import type { Place } from "../tool/place.ts";
import type { Call, Tool, ToolFacts } from "../tool/tool.ts";
import type { Subject } from "./meta.ts";

/**
 * How far a call looks. `namespace`: into the one it names. `granted`: into the one it names, else into all that the
 * caller's grant reaches. `cluster`: at what belongs to no namespace, which only a grant for every namespace covers.
 */
export type Scope = "namespace" | "granted" | "cluster";

export interface AskedFor<R> extends Subject {
  readonly request: R;
}

/** What a request is checked against. */
export interface Look {
  readonly namespaces: readonly string[];
  readonly now: number;
}

interface ReadingSpec<A extends z.ZodObject, D extends z.ZodObject, O extends z.ZodObject>
  extends
    Pick<ToolFacts, "name" | "description" | "rate">,
    Partial<Pick<ToolFacts, "cost" | "timeoutMs" | "maxResultBytes">> {
  readonly requires: Permission;
  readonly route: Route<A, D>;
  readonly scope: Scope;
  readonly output: () => O;
  /** What would be refused by the proxy and can be refused here, before a round trip. */
  readonly check?: (request: z.output<A>, look: Look) => Promise<Result<undefined, InvalidInput>>;
  /** From the proxy's answer to the tool's own, cut to `subject.maxResultBytes`. */
  readonly answer: (response: z.output<D> & Observed, asked: AskedFor<z.output<A>>) => z.input<O>;
}

const Cursor = once(() =>
  z.string().max(8192).describe("meta.next_cursor of the page before; other arguments unchanged"),
);

export function defineReading<A extends z.ZodObject, D extends z.ZodObject, O extends z.ZodObject>(
  spec: ReadingSpec<A, D, O>,
): Tool {
  const { route, scope, output, answer, check, ...facts } = spec;
  const maxResultBytes = facts.maxResultBytes ?? DEFAULT_RESULT_BYTES;

  return defineTool({
    ...facts,
    effect: "read",
    uses: ["clusters", "cursors"],
    input: () => inputOf(route.request),
    output,
    target: (input, clusters) => targetOf(Where().parse(input), scope, clusters),
    targetAt: ({ cluster, namespace }, clusters) =>
      targetOf({ cluster, ...("namespace" in route.request.shape && { namespace }) }, scope, clusters),

    async run(input, { clusters, cursors }, call) {
      const { cursor, cluster: _, ...given } = Paged().parse(input);
      const question = {
        tool: call.tool,
        principalId: call.grant.principal.id,
        args: { ...given, cluster: clusterOf(call) },
      };
      const position = cursor === undefined ? ok(undefined) : cursors.open(cursor, question);
      if (!position.ok) return position;
      const goOn = position.value === undefined ? {} : { continue: position.value };
      const request = route.request.safeParse({ ...given, ...goOn });
      if (!request.success) return err(invalidInput(request.error.issues));
      const checked = await check?.(request.data, { namespaces: namespacesOf(call), now: call.now() });
      if (checked?.ok === false) return checked;

      const response = await ask(route, request.data, { clusters, call });
      if (!response.ok) return response;
      const subject = { cluster: clusterOf(call), namespace: call.target?.namespace, observed: response.value };
      const seal = (next: string) => cursors.seal(next, question);
      return ok(answer(response.value, { ...subject, maxResultBytes, seal, request: request.data }));
    },
  });
}

/** The proxy is told no more than the grant: one namespace for a call about one. */
export async function ask<A extends z.ZodObject, D extends z.ZodObject>(
  route: Route<A, D>,
  request: z.output<A>,
  { clusters, call }: { readonly clusters: Capabilities["clusters"]; readonly call: Call },
): Promise<Result<z.output<D> & Observed, ToolFailure>> {
  const { grant, tool, trace, signal } = call;
  const cluster = clusterOf(call);
  const namespaces = namespacesOf(call);
  const caller = { cluster, namespaces, principalId: grant.principal.id, tool, callId: call.id, trace, signal };
  const answered = await clusters.ask(route, request, caller);
  return answered.ok ? answered : err(fromProxy(answered.error));
}

/** Where the call may look: into the one namespace it names, or into all of its grant's. */
export function namespacesOf({ grant, target }: Call): readonly string[] {
  return target?.namespace === undefined ? grant.namespacesIn(target?.cluster ?? "") : [target.namespace];
}

/** Checked when the call was bound: a tool that reaches clusters always has a target. */
export function clusterOf({ target }: Call): string {
  return target?.cluster ?? "";
}

/** The route's own fields; where the list goes on is the caller's only as a sealed cursor. */
export function inputOf(request: z.ZodObject): z.ZodObject {
  const { continue: position, ...shape } = request.shape;
  return z.strictObject({
    ...shape,
    ...(position === undefined ? {} : { cursor: Cursor().optional() }),
    cluster: Cluster().optional(),
  });
}

const Where = once(() => z.object({ cluster: z.string().optional(), namespace: z.string().optional() }));
const Paged = once(() => z.looseObject({ cursor: z.string().optional() }));

export function targetOf(
  { cluster: asked, namespace }: Place,
  scope: Scope,
  clusters: readonly string[],
): Result<Target, InvalidInput> {
  const cluster = chooseCluster(asked, clusters);
  if (!cluster.ok) return cluster;
  if (scope === "cluster") return ok({ cluster: cluster.value });
  if (namespace !== undefined) return ok({ cluster: cluster.value, namespace });
  return ok({ cluster: cluster.value, keepsToGrant: true });
}
