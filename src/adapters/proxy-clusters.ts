// The clusters port over HTTP: one question, one answer, and both as the contract has them.

import { err, ok } from "../result.ts";
import { brokenOff, jsonOf, ProxyCalls, refusalOf, unusable } from "./proxy-call.ts";
import type { Observed, Route } from "k8s-proxy/contract";
import type * as z from "zod";
import type { Clusters, ProxyCaller, ProxyRefusal } from "../ports/cluster.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { ProxyAccess } from "./proxy-call.ts";

type Answer<T> = Promise<Result<T, UpstreamFailure | ProxyRefusal>>;

export class ProxyClusters implements Clusters {
  readonly names: readonly string[];
  readonly #calls: ProxyCalls;

  constructor(access: ProxyAccess) {
    this.#calls = new ProxyCalls(access);
    this.names = access.clusters.map(({ name }) => name);
  }

  async ask<A extends z.ZodObject, D extends z.ZodObject>(
    route: Route<A, D>,
    request: z.output<A>,
    caller: ProxyCaller,
  ): Answer<z.output<D> & Observed> {
    const response = await this.#calls.post({ path: route.path, body: JSON.stringify(request) }, caller);
    if (!response.ok) return response;
    try {
      return await read(response.value, route.response, caller);
    } catch (cause) {
      return err(brokenOff(caller, cause));
    }
  }
}

async function read<T>(response: Response, schema: z.ZodType<T>, caller: ProxyCaller): Answer<T> {
  const body = await jsonOf(response);
  if (!response.ok) return err(refusalOf(body, caller));
  const answer = schema.safeParse(body);
  return answer.success ? ok(answer.data) : err(unusable(caller));
}
