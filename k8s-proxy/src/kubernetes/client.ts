// The API server, as far as the proxy asks it: objects, tables, streams, and what its own account may do.
import * as z from "zod";
import { createEgress } from "../egress.ts";

import type { EgressOptions, Streamed } from "../egress.ts";
import type { EgressRequest } from "../egress-request.ts";
import type { Upstream } from "../upstream-failure.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Credentials } from "./identity.ts";

export interface KubernetesApi {
  /** The parsed JSON of a 200. */
  get(request: EgressRequest, signal: AbortSignal): Promise<Result<unknown, Failure>>;
  /** The same list or object as the columns that `kubectl get` prints, without the objects themselves. */
  table(request: EgressRequest, signal: AbortSignal): Promise<Result<unknown, Failure>>;
  /** A log. Its status may be 204: a pod that no node has taken yet. */
  stream(request: EgressRequest, signal: AbortSignal): Promise<Result<Streamed, Failure>>;
  /** What happens to a list from one of its versions on, for so many seconds at most; one JSON value a line. */
  watch(request: WatchRequest, signal: AbortSignal): Promise<Result<Streamed, Failure>>;
  /** SelfSubjectRulesReview: what the proxy's own account may do in a namespace. */
  review(namespace: string, signal: AbortSignal): Promise<Result<unknown, Failure>>;
  close(): Promise<void>;
}

export interface WatchRequest extends Pick<EgressRequest, "path"> {
  readonly resourceVersion: string;
  readonly timeoutS: number;
}

/** A watch that its server has not ended this long after its time is on a connection that leads nowhere. */
const WATCH_GRACE_MS = 10_000;

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const REVIEWS = ["apis", "authorization.k8s.io", "v1", "selfsubjectrulesreviews"];

const Status = z.object({ kind: z.literal("Status"), message: z.string() });

const CLUSTER: Upstream = {
  name: "The cluster",
  explain: (_status, body) => {
    try {
      return Status.safeParse(JSON.parse(body)).data?.message;
    } catch {
      return undefined; // not JSON, so not the API server's own words
    }
  },
};

export function kubernetesApi(credentials: Credentials, options: EgressOptions): KubernetesApi {
  const egress = createEgress(credentials, CLUSTER, options);
  return {
    get: (request, signal) => egress.get(request, signal),
    table: ({ query, ...request }, signal) =>
      egress.get({ ...request, query: { includeObject: "None", ...query }, accept: TABLE }, signal),
    stream: (request, signal) => egress.stream({ accept: "*/*", ...request }, signal),
    watch: ({ path, resourceVersion, timeoutS }, signal) =>
      egress.stream(
        { path, query: { watch: true, allowWatchBookmarks: true, timeoutSeconds: timeoutS, resourceVersion } },
        AbortSignal.any([signal, AbortSignal.timeout(timeoutS * 1000 + WATCH_GRACE_MS)]),
      ),
    review: (namespace, signal) =>
      egress.post(
        {
          path: REVIEWS,
          body: { kind: "SelfSubjectRulesReview", apiVersion: "authorization.k8s.io/v1", spec: { namespace } },
        },
        signal,
      ),
    close: () => egress.close(),
  };
}
