// A list that is followed: what has changed since a version, and from then on whatever changes, until its time is over.
import { ApiRefusal } from "./api-status.ts";
import { findResource, requireKnown } from "./read.ts";
import { nameOf } from "./objects.ts";
import { representationOf } from "./representation.ts";

import type { Resource } from "./catalogue.ts";
import type { Change } from "./live-objects.ts";
import type { Question, Shelf } from "./read.ts";

const PARAMETERS: readonly string[] = ["watch", "resourceVersion", "allowWatchBookmarks", "timeoutSeconds"];
/** As a real API server has it, where nobody says otherwise. */
const DEFAULT_TIMEOUT_S = 1_800;
const BOOKMARK_EVERY_MS = 60_000;

export interface WatchReader {
  readonly send: (line: object) => void;
  readonly end: () => void;
}

export function isWatch(query: URLSearchParams): boolean {
  return ["true", "1"].includes(query.get("watch") ?? "");
}

export class Watch {
  readonly #resource: Resource;
  readonly #question: Question;
  readonly #shelf: Shelf;

  /** Throws an `ApiRefusal`; what is wrong with the version is told inside the stream, as the API server does. */
  constructor(question: Question, shelf: Shelf) {
    const { target, query, accept } = question;
    requireKnown(query, PARAMETERS);
    this.#resource = findResource(target, shelf.discovery);
    if (target.name !== undefined) throw new ApiRefusal(400, "this stand-in watches lists only");
    if (representationOf(accept) !== "objects") throw new ApiRefusal(400, "this stand-in watches whole objects only");
    if (!/^\d*$/.test(query.get("resourceVersion") ?? "")) throw new ApiRefusal(400, "resourceVersion: Invalid value");
    this.#question = question;
    this.#shelf = shelf;
  }

  /** What comes back ends it before its time, when its reader has left. */
  follow({ send, end }: WatchReader): () => void {
    const { objects } = this.#shelf;
    const { query } = this.#question;
    const from = Number(query.get("resourceVersion") ?? 0);
    if (from !== 0 && from < objects.oldest) {
      send({ type: "ERROR", object: tooOld(from, objects.oldest) });
      end();
      return () => undefined;
    }
    for (const change of from === 0 ? this.#asAdded() : objects.since(from)) this.#tell(change, send);

    const bookmark = () => {
      if (query.get("allowWatchBookmarks") === "true") send({ type: "BOOKMARK", object: this.#bookmark() });
    };
    const stopListening = objects.onChange((change) => this.#tell(change, send));
    const bookmarks = setInterval(bookmark, BOOKMARK_EVERY_MS).unref();
    const timeoutMs = 1_000 * Number(query.get("timeoutSeconds") ?? DEFAULT_TIMEOUT_S);
    const timer = setTimeout(() => {
      bookmark();
      end();
    }, timeoutMs).unref();
    return () => {
      stopListening();
      clearInterval(bookmarks);
      clearTimeout(timer);
    };
  }

  /** Without a version a watch begins with how things are. */
  #asAdded(): readonly Change[] {
    const { objects } = this.#shelf;
    return objects
      .list(this.#resource, this.#question.target.namespace)
      .map((object) => ({ type: "ADDED", resource: this.#resource, object, version: objects.version }));
  }

  #tell({ type, resource, object }: Change, send: WatchReader["send"]): void {
    const { namespace } = this.#question.target;
    if (nameOf(resource) !== nameOf(this.#resource)) return;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return;
    send({ type, object: { kind: resource.kind, apiVersion: resource.apiVersion, ...object } });
  }

  #bookmark(): object {
    const { kind, apiVersion } = this.#resource;
    const metadata = { resourceVersion: String(this.#shelf.objects.version) };
    return { kind, apiVersion, metadata, spec: { containers: null }, status: {} };
  }
}

function tooOld(from: number, oldest: number): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: `too old resource version: ${from} (${oldest})`,
    reason: "Expired",
    code: 410,
  };
}
