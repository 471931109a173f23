// What a record says of itself: which event, when, and where in which chain.

import * as z from "zod";
import { once } from "../../once.ts";
import type { Place } from "./place.ts";

export interface Said extends Place {
  readonly eventId: string;
  readonly ts: string;
}

/** Undefined for what is no record. */
export function saidIn(record: string): Said | undefined {
  return saidInPlain(record) ?? saidInAny(record);
}

/** By the rules of JSON: of a key that is there twice the last one counts. */
export function saidInAny(record: string): Said | undefined {
  try {
    return Placed().safeParse(JSON.parse(record)).data;
  } catch {
    return undefined; // no JSON: nothing of it can be compared
  }
}

const Placed = once(() =>
  z
    .object({ event_id: z.string(), ts: z.string(), chain_id: z.string(), seq: z.number() })
    .transform(({ event_id, ts, chain_id, seq }) => ({ eventId: event_id, ts, chainId: chain_id, seq })),
);

/**
 * The same in a third of the time, for a text of the form that `writeRecord` gives it; undefined for any other, whatever
 * it says. The expression goes through all of the text: it takes nothing that is no JSON, and none of the four keys twice.
 */
export function saidInPlain(record: string): Said | undefined {
  if (record.length > MAX_PLAIN_CHARS) return undefined;
  const found = Plain().exec(record);
  if (!found) return undefined;
  const { 1: eventId = "", 2: ts = "", 3: chainId = "", 4: seq = "" } = found;
  return { eventId, ts, chainId, seq: Number(seq) };
}

/** Ours have 4 KiB of arguments at most. What an expression needs in memory grows with the text. */
const MAX_PLAIN_CHARS = 32 * 1024;

/** RFC 8259, without white space, and with objects and lists in each other only so deep as arguments mostly go. */
const Plain = once(() => {
  const plain = String.raw`"([^"\\\x00-\x1f]*)"`;
  const text = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"`;
  const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
  const listed = (item: string) => `(?:${item}(?:,${item})*)?`;
  const holding = (value: string) => `${value}|\\{${listed(`${text}:(?:${value})`)}\\}|\\[${listed(`(?:${value})`)}\\]`;
  const value = holding(holding(`${text}|${number}|true|false|null`));
  const place = `"event_id":${plain},"ts":${plain},"call_id":${text},"phase":${text},"chain_id":${plain},"seq":(0|[1-9]\\d{0,15})`;
  // A name without escapes is no other name in disguise.
  const other = `"(?!(?:event_id|ts|chain_id|seq)")[a-z_]+":(?:${value})`;
  return new RegExp(`^\\{${place}(?:,${other})*\\}$`);
});
