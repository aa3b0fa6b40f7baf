const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_MIN = 60;

/** `0.39 s`, `12.3 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = ms / SECOND_MS;
  // What would round up to the next unit is in the next unit.
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / MINUTE_S);
  if (minutes < HOUR_MIN) return `${minutes} min ${whole % MINUTE_S} s`;
  return `${Math.floor(minutes / HOUR_MIN)} h ${minutes % HOUR_MIN} min`;
}
