// Numbers and times as people read them, in the reader's own language and time zone.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const zone = DAY.resolvedOptions().timeZone;
export const clock = (rfc3339) => CLOCK.format(new Date(rfc3339));
export const day = (rfc3339) => DAY.format(new Date(rfc3339));

export function milliseconds(value) {
  if (value < 1) return "under 1 ms";
  if (value < 1000) return `${Math.round(value)} ms`;
  return value < 120_000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value / 60_000)} min`;
}

export function ago(then, now) {
  const seconds = Math.floor((now - then) / 1000);
  if (seconds < 2) return "just now";
  return seconds < 120 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
}
