// The moment that the node wrote before a line: RFC 3339 with up to nine decimals and the node's own zone, up to the first space.

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const SECONDS_LENGTH = "2026-11-23T02:00:00".length;

/** Milliseconds since 1970 of the first word of a line; undefined where it is no moment. */
export type ReadMoment = (word: string) => number | undefined;

/** Of one stream: lines of the same second follow each other, so the calendar is asked once a second. */
export function momentReader(): ReadMoment {
  let knownSecond = "";
  let knownMs = 0;
  return (word) => {
    // As nearly every node writes it: …:00.097870703Z
    if (word.length === 30 && word.endsWith("Z") && word.startsWith(knownSecond) && knownSecond !== "") {
      const ms = Number(word.slice(SECONDS_LENGTH, SECONDS_LENGTH + 4)) * 1000;
      if (ms >= 0) return knownMs + Math.round(ms);
    }
    const [, second, decimals = "0", zone] = MOMENT.exec(word) ?? [];
    if (second === undefined || zone === undefined) return undefined;
    const atMs = Date.parse(second + zone);
    if (Number.isNaN(atMs)) return undefined;
    if (zone === "Z") [knownSecond, knownMs] = [second, atMs];
    return atMs + Math.floor(Number(`0.${decimals}`) * 1000);
  };
}
