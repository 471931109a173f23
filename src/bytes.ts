// How long text is on the wire and in storage, where lengths are counted in bytes.

/** In UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** A UTF-16 unit is one to three bytes in UTF-8, so most texts are judged by their length alone. */
export function isLongerThan(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && byteLength(text) > maxBytes;
}
