// What a patch makes of an object: its content type says how it is to be read.
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { strategicMergePatch } from "./strategic-merge-patch.ts";
import { mediaType, parseBody, unsupportedMediaType } from "./write-request.ts";

import type { WriteRequest } from "./write-request.ts";

const PATCHES: Readonly<Record<string, (target: unknown, patch: unknown) => unknown>> = {
  "application/json-patch+json": jsonPatch,
  "application/merge-patch+json": mergePatch,
  "application/strategic-merge-patch+json": strategicMergePatch,
};

/** What it is of is found afterwards, as the API server does: a patch that cannot be read is refused first. */
export function readPatch(request: WriteRequest): (target: object) => unknown {
  const apply = PATCHES[mediaType(request)];
  if (!apply) throw unsupportedMediaType();
  const patch = parseBody(request);
  return (target) => apply(target, patch);
}
