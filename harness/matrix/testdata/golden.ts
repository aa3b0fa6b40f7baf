import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';

/** True for `npx mocha … --update` and `npm run unit -- --update`: expectations are written anew. */
export function isUpdating(): boolean {
  return process.argv.includes('--update');
}

/** Compares a text with the file that holds it, or writes the file if expectations are updated. */
export function expectFile(file: URL, actual: string): void {
  if (isUpdating()) writeFileSync(file, actual);
  expect(actual, `${file.pathname} is stale: npx mocha <this test> --update`).to.equal(
    readFileSync(file, 'utf8'),
  );
}
