import type { EventSink } from '../events.ts';

/** Passes on everything except facts that were passed on before: all guests of a kernel say the same. */
export function dropRepeatedFacts(sink: EventSink): EventSink {
  const known = new Set<string>();
  return (event) => {
    if (event.type === 'facts') {
      if (known.has(event.digest)) return;
      known.add(event.digest);
    }
    sink(event);
  };
}
