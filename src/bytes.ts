// How long text is on the wire and in storage, where lengths are counted in bytes.

import { Buffer } from "node:buffer";

/** In UTF-8, without encoding it. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** A UTF-16 unit is one to three bytes in UTF-8, so most texts are judged by their length alone. */
export function isLongerThan(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && byteLength(text) > maxBytes;
}
