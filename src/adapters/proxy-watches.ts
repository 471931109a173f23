// The watches port over HTTP: a stream of lines that is read as long as it is wanted, and as long as it shows signs of life.

import { jsonLines, MAX_WATCH_LINE_BYTES, STREAMS, WATCH_KEEPALIVE_S } from "k8s-proxy/contract";
import { err, ok } from "../result.ts";
import { brokenOff, failure, jsonOf, ProxyCalls, refusalOf, unusable } from "./proxy-call.ts";
import type { WatchLine, WatchRequest } from "k8s-proxy/contract";
import type { NamespaceWatches, ProxyCaller, ProxyRefusal } from "../ports/cluster.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { ProxyAccess } from "./proxy-call.ts";

type Line = Result<WatchLine, UpstreamFailure>;

export interface WatchAccess extends ProxyAccess {
  /** Silence after which nobody is taken to be there; three of the proxy's signs of life when left out. */
  readonly silenceMs?: number;
}

export class ProxyWatches implements NamespaceWatches {
  readonly #calls: ProxyCalls;
  readonly #silenceMs: number;

  constructor(access: WatchAccess) {
    this.#calls = new ProxyCalls(access);
    this.#silenceMs = access.silenceMs ?? 3 * WATCH_KEEPALIVE_S * 1_000;
  }

  async watch(
    request: WatchRequest,
    caller: ProxyCaller,
  ): Promise<Result<AsyncIterable<Line>, UpstreamFailure | ProxyRefusal>> {
    const asked = { path: STREAMS.watchNamespace.path, body: JSON.stringify(request) };
    const response = await this.#calls.post(asked, caller);
    if (!response.ok) return response;
    const body: ReadableStream<Uint8Array> | null = response.value.body;
    if (response.value.ok && body) return ok(linesOf(body, caller, this.#silenceMs));
    try {
      return err(refusalOf(await jsonOf(response.value), caller));
    } catch (cause) {
      return err(brokenOff(caller, cause));
    }
  }
}

async function* linesOf(
  body: ReadableStream<Uint8Array>,
  caller: ProxyCaller,
  silenceMs: number,
): AsyncGenerator<Line> {
  try {
    for await (const line of jsonLines(chunksOf(body, caller, silenceMs), MAX_WATCH_LINE_BYTES)) {
      const parsed = STREAMS.watchNamespace.line.safeParse(line.ok ? line.value : undefined);
      yield parsed.success ? ok(parsed.data) : err(unusable(caller));
      if (!parsed.success || parsed.data.type === "ended") return;
    }
    yield err(failure("upstream_unavailable", caller, "broke off a watch; start it again."));
  } catch (cause) {
    // Who has left ends every watch like this, and it is no trouble to anyone.
    if (caller.signal.aborted) yield err(hasLeft(caller));
    else yield err(cause instanceof Silence ? fellSilent(caller) : brokenOff(caller, cause));
  }
}

class Silence extends Error {}

const hasLeft = (caller: ProxyCaller) => failure("upstream_timeout", caller, "was left during a watch.");

const fellSilent = (caller: ProxyCaller) =>
  failure("upstream_timeout", caller, "fell silent during a watch; start it again.");

/** However it ends, the stream is given back: the proxy then ends the watch in the cluster. */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  { signal }: ProxyCaller,
  silenceMs: number,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await nextChunk(reader, signal, silenceMs);
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** The timer is cleared with every chunk: it must keep no object awake that the stream itself does not. */
async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
  silenceMs: number,
): ReturnType<typeof reader.read> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let leave: (() => void) | undefined;
  const cut = new Promise<never>((_, reject) => {
    leave = () => reject(new Error("the caller has left"));
    timer = setTimeout(() => reject(new Silence()), silenceMs);
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
  });
  try {
    return await Promise.race([cut, reader.read()]);
  } finally {
    clearTimeout(timer);
    if (leave) signal.removeEventListener("abort", leave);
  }
}
