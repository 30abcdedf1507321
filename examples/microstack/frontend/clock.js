import { ago, clock, day, milliseconds, zone } from "./text.js";

const h = React.createElement;
const AFTER_THE_SECOND = 30; // milliseconds

// How long to wait so that the next question reaches the database just after its next second begins: each second is then
// seen once, and what is shown is always an answer, never a guess.
export function untilNextSecond(data, roundTrip) {
  const wait = 1000 + AFTER_THE_SECOND - (new Date(data.time).getTime() % 1000) - roundTrip;
  return wait < 0 ? wait + 1000 : wait;
}

export function Clock({ time, now }) {
  const stale = time.failures > 0;
  return h(
    "section",
    { className: stale ? "clock stale" : "clock", "aria-labelledby": "clock-title" },
    h("h2", { id: "clock-title", className: "eyebrow" }, "Database time"),
    time.data
      ? h("time", { className: "digits", dateTime: time.data.time, "data-testid": "time" }, clock(time.data.time))
      : h("p", { className: "digits", "aria-hidden": true }, "\u2012\u2012:\u2012\u2012:\u2012\u2012"),
    time.data ? h(Answer, { time, now, stale }) : h(Waiting),
  );
}

function Answer({ time, now, stale }) {
  const when = stale ? `Last answer ${ago(time.receivedAt, now)}` : `Round trip ${milliseconds(time.roundTrip)}`;
  return h(
    React.Fragment,
    null,
    h("p", { className: "day" }, h("span", null, day(time.data.time)), h("span", { className: "zone" }, zone)),
    h("p", { className: "fine" }, h("code", null, time.data.time), h("span", null, when)),
  );
}

function Waiting() {
  return h(
    React.Fragment,
    null,
    h("p", { className: "day" }, "Waiting for the first answer"),
    h("p", { className: "fine", "aria-hidden": true }, h("code", null, "\u00a0")), // keeps the place of the answer
  );
}
