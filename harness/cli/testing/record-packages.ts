/**
 * Loaded before kmx, and before the processes it starts: appends the names of packages to the file
 * KMX_TEST_PACKAGES, each when the process loads it for the first time.
 */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env.KMX_TEST_PACKAGES;
if (file === undefined) throw new Error('Expected KMX_TEST_PACKAGES to name a file');

const seen = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    const name = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name !== undefined && !seen.has(name)) {
      seen.add(name);
      appendFileSync(file, `${name}\n`);
    }
    return nextLoad(url, context);
  },
});
