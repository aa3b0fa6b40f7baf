/** A process that stores results many times: `write-results.ts CACHE SCENARIOS NAME TIMES`. */
import { updateLastRuns } from '../last-runs.ts';
import { createResultStore } from '../result-store.ts';
import { PASS, storedFile } from './stored.ts';

const [cacheRoot = '', scenarioRoot = '', name = '', times = '0'] = process.argv.slice(2);
const store = createResultStore(cacheRoot, scenarioRoot);
for (let time = 0; time < Number(times); time += 1) {
  const result = { ...PASS, run: name, detail: { text: name.repeat(1000) } };
  await store.write(storedFile('boots', { boots: result }));
}
await updateLastRuns(cacheRoot, new Map([[name, { at: new Date().toISOString(), isBad: false }]]));
