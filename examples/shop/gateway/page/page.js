// Shows what the services say, once a second, and never what it guesses.
const EVERY = 1000; // milliseconds
const traces = new Map(); // of the orders that were placed here, by their ids

const find = (id) => document.getElementById(id);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function hexadecimal(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (each) => each.toString(16).padStart(2, "0")).join("");
}

async function get(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(8000) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

function showServices(services) {
  find("services").replaceChildren(
    ...services.map(({ name, status, detail }) => {
      const tile = element("li", "", { "data-testid": `service-${name}`, "data-status": status });
      tile.append(element("strong", name), element("span", status, { class: "status" }), element("small", detail));
      return tile;
    }),
  );
}

function showItems(items) {
  const select = find("order").elements.sku;
  const said = JSON.stringify(items);
  if (select.dataset.shown === said) return; // a list that somebody has open stays as it is
  select.dataset.shown = said;
  const chosen = select.value;
  select.replaceChildren(
    ...items.map(({ sku, name, stock }) => element("option", `${name} (${stock} left)`, { value: sku })),
  );
  if (items.some(({ sku }) => sku === chosen)) select.value = chosen;
}

function showOrders(orders) {
  find("orders").replaceChildren(
    ...orders.map(({ id, sku, quantity, state, placed_at }) => {
      const row = element("tr", "", { "data-testid": `order-${id}`, "data-state": state });
      row.append(
        element("td", new Date(placed_at).toLocaleTimeString()),
        element("td", `${quantity} × ${sku}`),
        element("td", state, { class: "state" }),
        element("td", traces.get(id) ?? "", { class: "trace" }),
      );
      return row;
    }),
  );
}

// https://www.w3.org/TR/trace-context/: the trace begins here, and the gateway continues it.
async function place(event) {
  event.preventDefault();
  const form = new FormData(find("order"));
  const trace = hexadecimal(16);
  let text = "The shop does not answer.";
  try {
    const answer = await fetch("/api/orders", {
      method: "POST",
      headers: { "Content-Type": "application/json", traceparent: `00-${trace}-${hexadecimal(8)}-01` },
      body: JSON.stringify({ sku: form.get("sku"), quantity: Number(form.get("quantity")) }),
    });
    const said = await answer.json();
    if (answer.ok) traces.set(said.id, trace);
    text = answer.ok ? "Placed." : said.detail;
  } catch {
    // what stands there says it
  }
  find("answer").textContent = text;
  await refresh();
}

async function refresh() {
  const shown = [["/api/services", showServices], ["/api/items", showItems], ["/api/orders", showOrders]];
  const results = await Promise.allSettled(shown.map(async ([path, show]) => show(await get(path))));
  if (results[0].status === "rejected") {
    showServices([{ name: "api-gateway", status: "down", detail: "Does not answer." }]);
  }
}

async function keepOn() {
  await refresh();
  setTimeout(keepOn, EVERY);
}

find("order").addEventListener("submit", place);
keepOn();
