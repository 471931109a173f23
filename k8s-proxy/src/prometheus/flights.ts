// One answer for all who ask the same thing at the same time.

export interface Flights<T> {
  /** `start` is called by the first who asks; its signal fires when the last has left. */
  join(key: string, start: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Flight<T> {
  readonly ended: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export function flights<T>(): Flights<T> {
  const flying = new Map<string, Flight<T>>();

  function depart(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const ended = start(controller.signal).finally(() => {
      if (flying.get(key)?.controller === controller) flying.delete(key);
    });
    const flight = { ended, controller, waiting: 0 };
    flying.set(key, flight);
    return flight;
  }

  return {
    async join(key, start, signal) {
      const flight = flying.get(key) ?? depart(key, start);
      const leave = () => {
        flight.waiting -= 1;
        if (flight.waiting > 0) return;
        // Whoever comes now must not board what has been called off.
        if (flying.get(key) === flight) flying.delete(key);
        flight.controller.abort();
      };
      flight.waiting += 1;
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      try {
        return await flight.ended;
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}
