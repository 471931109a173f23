// The actions proxy's only way to change anything: a few writes, a function each, made of checked parts. None is ever sent twice.
import { Agent, fetch } from "undici";
import { readAtMost } from "../bounded-body.ts";
import { toUrl } from "../egress-request.ts";
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { traceHeader } from "../trace.ts";
import { describeCause, retryAfter, textOf } from "../upstream-failure.ts";
import { nodePath, podPath, workloadPath } from "./paths.ts";
import { brokenWrite, refusedWrite } from "./write-failure.ts";

import type { Response } from "undici";
import type { Failure } from "../failure.ts";
import type { Credentials } from "../kubernetes/identity.ts";
import type { Result } from "../result.ts";
import type { PodName, WorkloadName } from "./paths.ts";

/** Longer than the admission webhooks of a cluster may take, which is ten seconds by default. */
const TIMEOUT_MS = 20_000;
const TOKEN_MAX_AGE_MS = 60_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const USER_AGENT = "gatehouse-actions-proxy/0.1.0";

/** On the object, in the same patch as the change: known by it after any restart. */
export const LAST_ACTION = "gatehouse.dev/last-action";
export const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
export const CHANGE_CAUSE = "kubernetes.io/change-cause";

const NAME = "[a-z0-9][-a-z0-9.]*";
/** Method and path of everything that may be written. */
const WRITABLE: readonly RegExp[] = [
  `PATCH apis/apps/v1/namespaces/${NAME}/(deployments|statefulsets|daemonsets)/${NAME}`,
  `PATCH apis/apps/v1/namespaces/${NAME}/(deployments|statefulsets)/${NAME}/scale`,
  `PATCH api/v1/nodes/${NAME}`,
  `POST api/v1/namespaces/${NAME}/pods/${NAME}/eviction`,
  `DELETE api/v1/namespaces/${NAME}/pods/${NAME}`,
].map((shape) => new RegExp(`^${shape}$`));

const MERGE = "application/merge-patch+json";
const STRATEGIC_MERGE = "application/strategic-merge-patch+json";

/** What was just read, so that nothing else is written to: the API server answers 409 where it is another by now. */
export interface Write {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isDryRun: boolean;
}

/** A write whose key is kept on the object. */
export interface KeyedWrite extends Write {
  readonly key: string;
}

export interface Rollback {
  /** RFC 7386. */
  readonly template: object;
  /** The revision's own, so that the history does not tell the undone one's again; null for none. */
  readonly changeCause: string | null;
}

type Written = Promise<Result<unknown, Failure>>;

export interface Writes {
  restart(workload: WorkloadName, at: string, write: KeyedWrite): Written;
  setReplicas(workload: WorkloadName, replicas: number, write: Write): Written;
  rollBack(workload: WorkloadName, rollback: Rollback, write: KeyedWrite): Written;
  setUnschedulable(node: string, isUnschedulable: boolean, write: KeyedWrite): Written;
  evict(pod: PodName, write: Write): Written;
  deletePod(pod: PodName, write: Write): Written;
  close(): Promise<void>;
}

export interface WriteOptions {
  readonly now: () => number;
  readonly timeoutMs?: number;
  /** After every request, for the metrics; status 0 where none came. */
  readonly onAnswer?: (upstream: string, status: number, tookMs: number) => void;
}

export function kubernetesWrites(credentials: Credentials, options: WriteOptions): Writes {
  const agent = new Agent({ connect: credentials.tls, allowH2: false });
  const send = (request: Request) => sendOnce(request, { credentials, options, agent });
  const patch = (path: readonly string[], body: object, { isDryRun }: Write) =>
    send({ method: "PATCH", path, body, contentType: MERGE, isDryRun });

  return {
    restart: (workload, at, write) =>
      send({
        method: "PATCH",
        path: workloadPath(workload),
        contentType: STRATEGIC_MERGE,
        isDryRun: write.isDryRun,
        body: {
          metadata: keyed(write),
          spec: { template: { metadata: { annotations: { [RESTARTED_AT]: at } } } },
        },
      }),
    setReplicas: (workload, replicas, write) =>
      patch([...workloadPath(workload), "scale"], { metadata: seen(write), spec: { replicas } }, write),
    rollBack: (workload, { template, changeCause }, write) =>
      patch(
        workloadPath(workload),
        { metadata: keyed(write, { [CHANGE_CAUSE]: changeCause }), spec: { template } },
        write,
      ),
    setUnschedulable: (node, isUnschedulable, write) =>
      patch(nodePath(node), { metadata: keyed(write), spec: { unschedulable: isUnschedulable || null } }, write),
    evict: (pod, write) => send(evictionOf(pod, write)),
    deletePod: (pod, { uid, isDryRun }) =>
      send({
        method: "DELETE",
        path: podPath(pod),
        isDryRun,
        body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } },
      }),
    close: () => agent.destroy(),
  };
}

const seen = ({ uid, resourceVersion }: Write) => ({ uid, resourceVersion });

function keyed({ key, ...write }: KeyedWrite, annotations: Readonly<Record<string, string | null>> = {}) {
  return { ...seen(write), annotations: { ...annotations, [LAST_ACTION]: key } };
}

function evictionOf(pod: PodName, { uid, isDryRun }: Write): Request {
  return {
    method: "POST",
    path: [...podPath(pod), "eviction"],
    isDryRun,
    body: {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: pod.name, namespace: pod.namespace },
      deleteOptions: { preconditions: { uid } },
    },
  };
}

interface Request {
  readonly method: "PATCH" | "POST" | "DELETE";
  readonly path: readonly string[];
  readonly body: object;
  readonly contentType?: string;
  readonly isDryRun: boolean;
}

interface Sending {
  readonly credentials: Credentials;
  readonly options: WriteOptions;
  readonly agent: Agent;
}

async function sendOnce(request: Request, sending: Sending): Written {
  const { method, path } = request;
  if (!WRITABLE.some((shape) => shape.test(`${method} ${path.join("/")}`))) throw new Error("this may not be written");
  const { credentials, options, agent } = sending;
  // Before anything can fail for reasons of the network: a wrong path is a bug of ours, and no lost answer.
  const url = urlOf(request, credentials);
  const token = await tokenOf(credentials);
  if (!token.ok) return token;

  const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const startedAt = options.now();
  let status = 0;
  try {
    const response = await fetch(url, {
      method,
      body: JSON.stringify(request.body),
      // Nobody follows with a write where an answer points.
      redirect: "manual",
      dispatcher: agent,
      signal,
      headers: {
        ...credentials.headers,
        accept: "application/json",
        "content-type": request.contentType ?? "application/json",
        "user-agent": USER_AGENT,
        ...traceHeader(),
        ...(token.value !== undefined && { authorization: `Bearer ${token.value}` }),
      },
    });
    status = response.status;
    return await toWritten(response, options.now);
  } catch (cause) {
    return err(brokenWrite(cause, signal.aborted));
  } finally {
    options.onAnswer?.("The cluster", status, options.now() - startedAt);
  }
}

function urlOf({ method, path, isDryRun }: Request, { server }: Credentials): URL {
  const query = { ...(isDryRun && { dryRun: "All" }), ...(method === "PATCH" && { fieldManager: "gatehouse" }) };
  return toUrl(server, { path, query });
}

async function tokenOf({ token }: Credentials): Promise<Result<string | undefined, Failure>> {
  try {
    return ok(await token(TOKEN_MAX_AGE_MS));
  } catch (cause) {
    return fail("cluster_forbids", "The proxy cannot read its own credentials. Nothing was changed", {
      detail: describeCause(cause),
    });
  }
}

async function toWritten(response: Response, now: () => number): Written {
  const { status } = response;
  if (response.ok) return ok(await answerOf(response));
  const body = await textOf(response).catch(() => "");
  return err(refusedWrite({ status, body, retryAfterS: retryAfter(response.headers.get("retry-after"), now) }));
}

/** The status alone says that it was done: an answer that cannot be read takes nothing of that back. */
async function answerOf(response: Response): Promise<unknown> {
  try {
    const bytes = await readAtMost(response.body, MAX_ANSWER_BYTES);
    return bytes.ok ? JSON.parse(Buffer.from(bytes.value).toString("utf8")) : undefined;
  } catch {
    return undefined;
  }
}
