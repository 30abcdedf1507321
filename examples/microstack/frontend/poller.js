// Asks one path again and again: no sooner than the answer before has come, later and later while it fails, never while
// nobody looks. Knows nothing of React.

const TIMEOUT = 5000; // milliseconds; an answer that takes longer counts as none
const BACKOFF = { first: 1000, longest: 10000 };

export const UNASKED = { data: null, receivedAt: null, roundTrip: null, failures: 0, reason: "", retryAt: null };

export class Poller {
  #path;
  #delay;
  #notify;
  #state = UNASKED;
  #timer = 0;
  #asking = null;

  // `delay(data, roundTrip)` is how long to wait after an answer; `notify(state)` hears of every answer and failure.
  constructor(path, delay, notify) {
    this.#path = path;
    this.#delay = delay;
    this.#notify = notify;
  }

  start() {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.ask);
    this.ask();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.ask);
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }

  // Ask now, whatever was planned. A question that is still open is given up.
  ask = async () => {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const outcome = await ask(this.#path, asking);
    if (this.#asking !== asking) return;
    this.#asking = null;
    if (outcome.ok) this.#answered(outcome);
    else this.#failed(outcome.reason);
  };

  #answered({ data, roundTrip }) {
    this.#change({ data, roundTrip, receivedAt: performance.now(), failures: 0, reason: "", retryAt: null });
    this.#plan(this.#delay(data, roundTrip));
  }

  #failed(reason) {
    const failures = this.#state.failures + 1;
    const wait = Math.min(BACKOFF.first * 2 ** (failures - 1), BACKOFF.longest) * (0.9 + 0.2 * Math.random());
    this.#change({ ...this.#state, failures, reason, retryAt: performance.now() + wait });
    this.#plan(wait);
  }

  #change(state) {
    this.#state = state;
    this.#notify(state);
  }

  #plan(wait) {
    if (!document.hidden) this.#timer = setTimeout(this.ask, wait);
  }

  #onVisibility = () => {
    if (document.hidden) clearTimeout(this.#timer);
    else this.ask();
  };
}

async function ask(path, asking) {
  const began = performance.now();
  const deadline = setTimeout(() => asking.abort(), TIMEOUT);
  try {
    const data = await request(path, { signal: asking.signal, cache: "no-store" });
    return { ok: true, data, roundTrip: performance.now() - began };
  } catch (error) {
    return { ok: false, reason: asking.signal.aborted ? `No answer within ${TIMEOUT / 1000} seconds.` : error.message };
  } finally {
    clearTimeout(deadline);
  }
}

// The JSON that `path` answers; an Error with the server's own words (RFC 9457) if it answers anything but 2xx.
export async function request(path, options) {
  const response = await fetch(path, options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Error("No connection to the server.");
  });
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail || problem.title || `The server answered ${response.status}.`);
}
