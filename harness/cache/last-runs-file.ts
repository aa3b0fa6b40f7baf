/** Where `results` keeps when each cell last ran; in the root of the cache. */
export const LAST_RUNS_FILE = 'last-runs.json';
