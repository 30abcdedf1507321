import { Poller, UNASKED } from "./poller.js";

const { useEffect, useRef, useState } = React;

// What `path` answered last, kept fresh: the poller's state, and `ask()` to ask at once.
export function usePoll(path, delay) {
  const [state, setState] = useState(UNASKED);
  const latestDelay = useRef(delay);
  latestDelay.current = delay;
  const poller = useRef(null);
  useEffect(() => {
    poller.current = new Poller(path, (...answer) => latestDelay.current(...answer), setState);
    poller.current.start();
    return () => poller.current.stop();
  }, [path]);
  const ask = useRef(() => poller.current.ask()).current;
  return { ...state, ask };
}

// The browser's clock, for "3 s ago" and "again in 2 s" only; no time of the database is ever made of it.
export function useNow(interval = 500) {
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return Math.max(now, performance.now());
}
