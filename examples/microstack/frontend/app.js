import { Clock, untilNextSecond } from "./clock.js";
import { Errands, untilNextErrand } from "./errands.js";
import { useNow, usePoll } from "./hooks.js";
import { Tiers, betweenChecks, summary, tiersFrom } from "./tiers.js";

const h = React.createElement;
const { useEffect } = React;

function App() {
  const time = usePoll("/api/time", untilNextSecond);
  const health = usePoll("/api/tiers", betweenChecks);
  const errands = usePoll("/api/errands", untilNextErrand);
  const now = useNow();
  const failing = time.failures > 0;
  useEffect(() => {
    if (time.data === null && !failing) return;
    health.ask(); // the time came back or went away: the tiers' health changed too
    errands.ask();
  }, [failing]);
  const tiers = tiersFrom(health, failing ? null : time.roundTrip);
  const askAll = () => [time, health, errands].forEach((poll) => poll.ask());
  return h(
    React.Fragment,
    null,
    h("header", null, h("h1", null, "microstack"), h("p", null, "A front end, an API and a worker on one PostgreSQL")),
    h(
      "main",
      null,
      failing && h(Trouble, { time, tiers, now, askAll }),
      h(Clock, { time, now }),
      h(Tiers, { tiers, health, now }),
      h(Errands, { errands, now }),
    ),
    h("footer", null, h("a", { href: "/api/time" }, "/api/time"), h("a", { href: "/api/tiers" }, "/api/tiers")),
    h("p", { className: "unseen", role: "status", "aria-live": "polite" }, health.data || health.failures ? summary(tiers) : ""),
  );
}

const CULPRITS = { api: "The API does not answer", database: "The database does not answer" };

function Trouble({ time, tiers, now, askAll }) {
  const culprit = tiers.find(({ name, status }) => name in CULPRITS && status === "down");
  const seconds = Math.max(0, Math.ceil((time.retryAt - now) / 1000));
  return h(
    "div",
    { className: "trouble", "data-testid": "trouble" },
    h(
      "div",
      null,
      h("p", { className: "what" }, culprit ? CULPRITS[culprit.name] : "The time does not arrive"),
      h("p", null, `${time.reason} `, h("span", { className: "nowrap" }, seconds > 0 ? `Next try in ${seconds} s.` : "Trying now.")),
    ),
    h("button", { type: "button", onClick: askAll }, "Try now"),
  );
}

ReactDOM.createRoot(document.getElementById("app")).render(h(App));
