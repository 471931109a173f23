// A namespace of pods with logs in it, served by a real local HTTP server, and both readings of them.
import { HANDLERS } from "../../src/handlers.ts";
import { ROUTES } from "../../src/contract/index.ts";
import { replay } from "../api-server.ts";
import { list, testCluster } from "../kubernetes/cluster.ts";
import { RECORDED_AT } from "../recorded.ts";

import type * as z from "zod";
import type { Failure } from "../../src/failure.ts";
import type { Result } from "../../src/result.ts";
import type { Reading } from "../../src/reading.ts";
import type { Reply } from "../api-server.ts";
import type { Paths, TestCluster } from "../kubernetes/cluster.ts";

/** By container, `pod/container`; of a pod with one container, `pod/app`. */
export type Logs = Readonly<Record<string, Reply>>;

export interface PodFacts {
  readonly name: string;
  readonly containers?: readonly string[];
  readonly inits?: readonly string[];
  readonly createdAt?: string;
  readonly isTroubled?: boolean;
  readonly restarts?: number;
}

export function pod({ name, containers = ["app"], inits = [], createdAt, isTroubled = false, restarts = 1 }: PodFacts) {
  return {
    metadata: {
      name,
      namespace: "shop",
      uid: "210d9bed-6401-4c25-b6f6-f05fccee8d4c",
      creationTimestamp: createdAt ?? "2026-11-23T01:00:00Z",
    },
    spec: { containers: containers.map((one) => ({ name: one })), initContainers: inits.map((one) => ({ name: one })) },
    status: {
      phase: isTroubled ? "Failed" : "Running",
      ...(isTroubled && { reason: "Evicted" }),
      containerStatuses: containers.map((one) => ({ name: one, restartCount: restarts, state: { running: {} } })),
      initContainerStatuses: inits.map((one) => ({ name: one, state: { terminated: { exitCode: 0 } } })),
    },
  };
}

/** Pods of which some have logs; a container is in a pod where a log of it is. */
export async function logCluster(logs: Logs, pods = podsOf(logs)): Promise<TestCluster> {
  const paths: Paths = Object.fromEntries(
    pods.map(({ metadata: { name } }) => [`/api/v1/namespaces/shop/pods/${name}/log`, logReply(name, logs)]),
  );
  return testCluster({ "/api/v1/namespaces/shop/pods": list(pods), ...paths });
}

function podsOf(logs: Logs) {
  const names = [...new Set(Object.keys(logs).map((key) => key.split("/")[0] ?? ""))];
  return names.map((name) => {
    const containers = Object.keys(logs).filter((key) => key.startsWith(`${name}/`));
    return pod({ name, containers: containers.map((key) => key.slice(name.length + 1)) });
  });
}

function logReply(name: string, logs: Logs): Reply {
  return (response, request) => {
    const container = new URL(request.url ?? "", "http://cluster").searchParams.get("container") ?? "";
    (logs[`${name}/${container}`] ?? text(""))(response, request);
  };
}

export function text(body: string): Reply {
  return replay({ status: 200, headers: { "content-type": "text/plain" }, body });
}

/** Lines a second apart, the last of them now. */
export function lines(...texts: readonly string[]): Reply {
  return text(texts.map((line, index) => stamped(line, texts.length - index)).join(""));
}

export function stamped(line: string, secondsAgo: number): string {
  return `${new Date(RECORDED_AT - secondsAgo * 1000).toISOString().replace("Z", "000000Z")} ${line}\n`;
}

type Answer<R extends { readonly data: z.ZodType }> = Result<z.output<R["data"]>, Failure>;

export async function search(reading: Reading, asked: object = {}): Promise<Answer<typeof ROUTES.searchLogs>> {
  const done = await run(ROUTES.searchLogs.path, { namespace: "shop", since: "24h", ...asked }, reading);
  return done.ok ? { ok: true, value: ROUTES.searchLogs.data.parse(done.value) } : done;
}

export async function patterns(reading: Reading, asked: object = {}): Promise<Answer<typeof ROUTES.logPatterns>> {
  const done = await run(ROUTES.logPatterns.path, { namespace: "shop", since: "24h", ...asked }, reading);
  return done.ok ? { ok: true, value: ROUTES.logPatterns.data.parse(done.value) } : done;
}

async function run(path: string, body: object, reading: Reading): Promise<Result<object, Failure>> {
  const asked = HANDLERS.find((handler) => handler.path === path)?.parse(body);
  if (asked === undefined) throw new Error(`there is no route ${path}`);
  return asked.ok ? asked.value.run(reading) : asked;
}

/** The value of an answer that must be there. */
export function found<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`it failed: ${result.error.reason}, ${result.error.message}`);
  return result.value;
}
