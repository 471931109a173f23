// Answers one object of any kind that may be read, or a part of it.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { placesOf } from "./list-resources.ts";
import { keysOf, partAt } from "./object-path.ts";
import { slimObject } from "./slim-object.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles } from "../reading.ts";
import type { Result } from "../result.ts";

/** What fits into an answer, with all that stands around it. */
const MAX_BYTES = 24 * 1024;
const MAX_KEYS = 20;

export const getResource: Handles<typeof ROUTES.getResource> = async (asked, reading) => {
  const resource = await reading.resourceCatalogue.find(asked.resource, reading);
  if (!resource.ok) return resource;
  const { isNamespaced, plural, pathIn } = resource.value;
  if (isNamespaced && asked.namespace === undefined) {
    return fail("invalid_request", `namespace: ${plural} live in a namespace; name the one of ${asked.name}`);
  }
  const places = await placesOf(resource.value, asked.namespace, reading);
  if (!places.ok) return places;

  const answer = await reading.api.get({ path: [...pathIn(asked.namespace), asked.name] }, reading.signal);
  if (!answer.ok && answer.error.reason === "not_found") {
    const where = asked.namespace === undefined ? "" : ` in namespace ${asked.namespace}`;
    return fail("not_found", `${plural} has no ${asked.name}${where}; k8s.list_resources shows those there are`);
  }
  if (!answer.ok) return answer;
  return part(slimObject(answer.value), asked.path);
};

/** A path goes into what may be shown, so it leads to nothing that may not. */
function part(whole: unknown, path: string | undefined): Result<{ object: unknown }, Failure> {
  const found = path === undefined ? { value: whole } : partAt(whole, path);
  if (!found) {
    const keys = keysOf(whole).slice(0, MAX_KEYS).join(", ");
    return fail("invalid_request", `path: the object has nothing at ${path ?? ""}; it begins with one of ${keys}`);
  }
  const bytes = sizeOf(found.value);
  return bytes > MAX_BYTES ? tooMuch(found.value, path, bytes) : ok({ object: found.value });
}

function tooMuch(value: unknown, path: string | undefined, bytes: number) {
  const before = path === undefined ? "" : `${path}.`;
  const sizes = Object.entries(typeof value === "object" && value !== null ? value : {})
    .map(([key, inside]) => ({ key, bytes: sizeOf(inside) }))
    .toSorted((one, other) => other.bytes - one.bytes)
    .slice(0, MAX_KEYS);
  const fits = sizes.find((one) => one.bytes <= MAX_BYTES) ?? sizes[0];
  const list = sizes.map((one) => `${before}${one.key} (${kilobytes(one.bytes)})`).join(", ");
  const next = fits === undefined ? "" : `: ask with path: ${JSON.stringify(before + fits.key)}, or another of ${list}`;
  return fail("too_much", `This is ${kilobytes(bytes)}, more than one answer holds${next}`);
}

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
