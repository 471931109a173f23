// What is written at the axes.

const DAY_S = 86_400;
const MINUTE_S = 60;
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECONDS = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Of moments that are so many seconds apart: days, hours, or seconds. */
export function sayTick(atS: number, apartS: number): string {
  const at = new Date(atS * 1_000);
  if (apartS >= DAY_S || isMidnight(at)) return DAY.format(at);
  return (apartS < MINUTE_S ? SECONDS : CLOCK).format(at);
}

function isMidnight(at: Date): boolean {
  return at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
}
