// What the schemas of the API's objects are made of: words, reasons, messages and moments, each made safe as it is parsed.
import * as z from "zod";
import { clean } from "../clean.ts";
import { safe } from "../safe.ts";

const MAX_MESSAGE_LENGTH = 300;
const MAX_LONG_MESSAGE_LENGTH = 1_000;

/** Names: the API's own limit for one is 253. Not redacted, because a name must still name its object afterwards. */
export const Word = z.string().transform((text) => clean(text, 253));
/** Go writes an empty string, or null, where nothing was said. */
export const Reason = z
  .string()
  .nullish()
  .transform((text) => (text ? safe(text, 253) : undefined));
export const Image = z.string().transform((text) => clean(text, 512));
export const Message = z
  .string()
  .nullish()
  .transform((text) => (text ? safe(text, MAX_MESSAGE_LENGTH) : undefined));
/** For the reading of one object, where there is room for the whole sentence. */
export const LongMessage = z
  .string()
  .nullish()
  .transform((text) => (text ? safe(text, MAX_LONG_MESSAGE_LENGTH) : undefined));
export const Timestamp = z.iso.datetime({ offset: true });

/** Go writes null for an empty list or map. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
export const mapOf = <T extends z.ZodType>(value: T) =>
  z
    .record(z.string(), value)
    .nullish()
    .transform((entries) => entries ?? {});
/** CPU, memory and the like, as the API writes them. */
export const Quantities = mapOf(z.string().max(64));

export const OwnerReferences = listOf(z.object({ kind: Word, name: Word, controller: z.boolean().nullish() }));
export type OwnerReferences = z.output<typeof OwnerReferences>;

/** The controller that made an object: `ReplicaSet/web-5b457f48d9`. */
export function controllerOf(owners: OwnerReferences): string | undefined {
  const owner = owners.find(({ controller }) => controller === true);
  return owner && `${owner.kind}/${owner.name}`;
}

/** A node's clock and ours may disagree; an age is never negative. */
export function ageS(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
}
