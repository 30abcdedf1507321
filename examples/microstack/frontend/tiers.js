import { ago, milliseconds } from "./text.js";

const h = React.createElement;
const TIERS = [
  { name: "api", title: "API", from: "from this browser" },
  { name: "worker", title: "Worker", from: "from the API" },
  { name: "database", title: "Database", from: "from the API" },
];
const STATUS = {
  up: { text: "Up", mark: "M5 10.5l3.2 3.2L15 7" },
  down: { text: "Down", mark: "M6 6l8 8M14 6l-8 8" },
  unknown: { text: "Unknown", mark: "M6 10h8" },
};

export const betweenChecks = () => 3000;

// What is known of each tier. Without an answer from the API nobody knows how the other two are. `roundTrip` is the
// browser's own to the API: that of /api/tiers would count the API's wait for a silent worker.
export function tiersFrom(health, roundTrip) {
  if (health.failures > 0) return TIERS.map((tier) => ({ ...tier, ...unanswered(tier, health.reason) }));
  if (!health.data) return TIERS.map((tier) => ({ ...tier, status: "unknown", detail: "Not asked yet." }));
  return TIERS.map((tier) => {
    const said = health.data.find(({ name }) => name === tier.name) ?? { status: "unknown", detail: "" };
    const status = said.status in STATUS ? said.status : "unknown";
    return { ...tier, ...said, status, milliseconds: tier.name === "api" ? roundTrip : said.milliseconds };
  });
}

function unanswered(tier, reason) {
  if (tier.name === "api") return { status: "down", detail: reason };
  return { status: "unknown", detail: "Only the API can tell." };
}

// One sentence for those who listen rather than look; it changes only when a tier's state does.
export function summary(tiers) {
  if (tiers.every(({ status }) => status === "up")) return "All three tiers are up.";
  return tiers.map(({ title, status }) => `${title} ${STATUS[status].text.toLowerCase()}.`).join(" ");
}

export function Tiers({ tiers, health, now }) {
  const checked = health.receivedAt === null ? "" : `Last answer ${ago(health.receivedAt, now)}`;
  return h(
    "section",
    { "aria-labelledby": "tiers-title" },
    h(
      "div",
      { className: "heading" },
      h("h2", { id: "tiers-title" }, "Health"),
      h("p", { className: "fine", "data-testid": "checked" }, checked),
    ),
    h("ul", { className: "tiers" }, tiers.map((tier) => h(Tier, { key: tier.name, tier }))),
  );
}

function Tier({ tier }) {
  const { text, mark } = STATUS[tier.status];
  const measured = tier.status === "up" && typeof tier.milliseconds === "number";
  return h(
    "li",
    { className: "tier", "data-testid": `tier-${tier.name}`, "data-status": tier.status },
    h("h3", null, tier.title),
    h(
      "p",
      { className: "status" },
      h("svg", { viewBox: "0 0 20 20", "aria-hidden": true }, h("circle", { cx: 10, cy: 10, r: 9 }), h("path", { d: mark })),
      text,
    ),
    h("p", { className: "detail" }, tier.detail),
    h("p", { className: "fine" }, measured ? `${milliseconds(tier.milliseconds)} ${tier.from}` : "\u00a0"),
  );
}
