// A stand-in for a cluster's API server: the reads that the proxy needs, over a recording of real workloads in trouble.
import { createServer } from "node:http";
import { Clockwork } from "./clockwork.ts";
import { startControllers } from "./controllers/controllers.ts";
import { loadDiscovery } from "./discovery.ts";
import { happen } from "./happenings.ts";
import { liveObjects } from "./live-objects.ts";
import { loadRecordedLogs } from "./logs/recorded-logs.ts";
import { loadObjects } from "./objects.ts";
import { outageOf } from "./outage.ts";
import { READER } from "./read.ts";
import { respond } from "./respond.ts";
import { loadRulesReview } from "./reviews.ts";
import { Watch } from "./watch.ts";
import { readBody } from "./writes/request-body.ts";

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Happening } from "./happenings.ts";
import type { LiveObjects } from "./live-objects.ts";
import type { Outage } from "./outage.ts";
import type { Answer, Asked, World } from "./respond.ts";
import type { Rules } from "./reviews.ts";

export interface ClusterOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** When given, the only bearer token that is let in. */
  readonly token?: string;
  /** The moment that the recording is moved to, at which its clock then stands; the running present when left out. */
  readonly now?: number;
  /** Whose rights a self-review answers: `admin` is what no proxy may run with. */
  readonly rules?: Rules;
  /** Lets whoever reaches it change pods: `POST /control/namespaces/shop/pods/web-1/crash`. For the development stack only. */
  readonly isControlled?: boolean;
  /** Every write is refused, as to an account that may only read. Left out, rights are not looked at. */
  readonly isReadOnly?: boolean;
  /** How many nodes there are: the recording has one, and one that is drained needs another. */
  readonly nodes?: 1 | 2;
}

export interface RunningCluster {
  readonly url: string;
  /** What it serves, for whoever makes metrics of it. */
  readonly objects: LiveObjects;
  /** When what it serves was in trouble, for the same. */
  readonly outage: Outage;
  /** Changes a pod while it runs, as a cluster would; throws where there is no such pod. */
  happen(happening: Happening): void;
  /** Lets time pass at once, with all that happens in it: the only way where the clock stands. */
  pass(ms: number): void;
  /** The moment that the recording was moved to. */
  readonly bootMs: number;
  close(): Promise<void>;
}

/** Listens on loopback only. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { world, controllers, clockwork } = await madeOf(options);
  const server = createServer((request, response) => {
    void askedBy(request).then((asked) => {
      if (asked === undefined) return;
      controllers.catchUp();
      send(response, respond(asked, world));
      clockwork.drive(controllers);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { objects, outage, bootMs } = world;
  return {
    url: `http://127.0.0.1:${address.port}`,
    objects,
    outage,
    bootMs,
    happen: (happening) => void happen(happening, world),
    pass: (ms) => {
      clockwork.pass(ms);
      clockwork.drive(controllers);
    },
    close: async () => {
      clockwork.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function madeOf(options: ClusterOptions) {
  const { token, now, rules = "reader", isControlled = false, isReadOnly = false, nodes = 1 } = options;
  const bootMs = now ?? Date.now();
  const [recorded, discovery, recordedLogs, rulesReview] = await Promise.all([
    loadObjects(bootMs, nodes),
    loadDiscovery(),
    loadRecordedLogs(bootMs),
    loadRulesReview(rules),
  ]);
  const clockwork = new Clockwork(now);
  const clock = clockwork.now;
  const objects = liveObjects(recorded);
  const controllers = startControllers(objects, clock);
  const outage = outageOf(objects, { bootMs, clock: controllers.clock });
  const world: World = {
    ...{ objects, discovery, recordedLogs, rulesReview, token, bootMs, clock, isControlled, outage },
    reader: isReadOnly ? READER : undefined,
    notice: controllers.notice,
  };
  return { world, controllers, clockwork };
}

/** Undefined when whoever asked has left. */
async function askedBy(request: IncomingMessage): Promise<Asked | undefined> {
  const { method = "GET", url = "/", headers } = request;
  const { accept, authorization, "content-type": contentType } = headers;
  const body = await readBody(request);
  if (body === "gone") return undefined;
  return { method, url: new URL(url, "http://cluster"), accept, authorization, contentType, body };
}

function send(response: ServerResponse, { status, body, warnings = [] }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, { "cache-control": "no-cache, private" }).end();
    return;
  }
  if (body instanceof Watch) {
    response.writeHead(status, { "cache-control": "no-cache, private", "content-type": "application/json" });
    response.flushHeaders();
    const stop = body.follow({
      send: (line) => void response.write(`${JSON.stringify(line)}\n`),
      end: () => void response.end(),
    });
    response.once("close", stop);
    return;
  }
  // RFC 7234 §5.5; the API server has one code for all of them.
  if (warnings.length > 0)
    response.setHeader(
      "warning",
      warnings.map((text) => `299 - ${JSON.stringify(text)}`),
    );
  const isText = Buffer.isBuffer(body);
  response.writeHead(status, {
    "cache-control": "no-cache, private",
    "content-type": isText ? "text/plain" : "application/json",
  });
  response.end(isText ? body : `${JSON.stringify(body)}\n`);
}
