import { request } from "./poller.js";
import { ago, clock, milliseconds } from "./text.js";

const h = React.createElement;
const { useState } = React;

const waiting = (errands) => errands.some(({ done_at: done }) => done === null);

export const untilNextErrand = (errands) => (waiting(errands) ? 1000 : 5000);

export function Errands({ errands, now }) {
  const [refusal, setRefusal] = useState("");
  const [sending, setSending] = useState(false);
  const send = async () => {
    if (sending) return;
    setSending(true);
    try {
      await request("/api/errands", { method: "POST", signal: AbortSignal.timeout(5000) });
      setRefusal("");
    } catch (error) {
      setRefusal(`The errand was not accepted. ${error.name === "Error" ? error.message : "No answer in time."}`);
    }
    setSending(false);
    errands.ask();
  };
  return h(
    "section",
    { "aria-labelledby": "errands-title" },
    h(
      "div",
      { className: "heading" },
      h("h2", { id: "errands-title" }, "Background work"),
      h("button", { type: "button", onClick: send, "aria-disabled": sending }, "Send an errand"),
    ),
    h("p", { className: "lead" }, "The API writes an errand and its job in one transaction; the worker completes both."),
    h("p", { className: "refusal", role: "status" }, refusal),
    h(List, { errands, now }),
  );
}

function List({ errands, now }) {
  if (!errands.data?.length) {
    return h("p", { className: "empty" }, errands.data ? "No errands yet." : "Not known yet.");
  }
  return h(
    React.Fragment,
    null,
    errands.failures > 0 && h("p", { className: "fine as-seen" }, `As last seen, ${ago(errands.receivedAt, now)}:`),
    h("ol", { className: "errands" }, errands.data.map((errand) => h(Errand, { key: errand.id, errand }))),
  );
}

function Errand({ errand }) {
  const took = errand.done_at && new Date(errand.done_at) - new Date(errand.asked_at);
  return h(
    "li",
    { "data-testid": "errand", "data-done": errand.done_at !== null },
    h("span", { className: "number" }, `#${errand.id}`),
    h("time", { dateTime: errand.asked_at }, clock(errand.asked_at)),
    h("span", { className: "outcome" }, errand.done_at === null ? "waits for the worker" : `done after ${milliseconds(took)}`),
  );
}
