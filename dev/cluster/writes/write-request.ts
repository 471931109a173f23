// One request that changes something, as far as it is understood before it is known what it is about.
import { ApiRefusal } from "../api-status.ts";

import type { LiveObjects } from "../live-objects.ts";
import type { Target } from "../target.ts";
import type { ApiObject } from "../api-object.ts";
import type { Resource } from "../catalogue.ts";

export interface WriteRequest {
  readonly method: string;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface WriteWorld {
  readonly objects: LiveObjects;
  readonly clock: () => number;
  /** Called with whatever was written, and kept: a dry run is nothing to notice. */
  readonly notice: (resource: Resource, object: ApiObject) => void;
}

export interface Written {
  readonly status: 200 | 201;
  readonly body: object;
  /** What the server finds strange and does nevertheless. */
  readonly warnings?: readonly string[];
}

/** The type alone, without a character set or a boundary. */
export function mediaType({ contentType = "" }: WriteRequest): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

export function unsupportedMediaType(): ApiRefusal {
  return new ApiRefusal(415, "415: Unsupported Media Type", { details: {} });
}

export function parseBody({ body }: WriteRequest): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new ApiRefusal(400, "the body of the request is no JSON");
  }
}

/** A body that says what it is: JSON, or nothing at all. */
export function parseJsonBody(request: WriteRequest): unknown {
  if (request.body.length === 0) return undefined;
  if (!["application/json", ""].includes(mediaType(request))) throw unsupportedMediaType();
  return parseBody(request);
}
