import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';

/**
 * A test for each file of a folder: a faulty text, and above it the problems that must be found in
 * it. `--update` writes these.
 * @param name The name of the file that the text would be: a line `--- name` precedes the text.
 * @param render The problems of a text, as a user sees them.
 */
export function checkFaults(folder: URL, name: string, render: (text: string) => string): void {
  const separator = `\n--- ${name}\n`;
  for (const entry of readdirSync(folder)) {
    it(`are those in the header of ${entry} (--update writes it)`, () => {
      const place = new URL(entry, folder);
      const content = readFileSync(place, 'utf8');
      const at = content.indexOf(separator);
      const text = content.slice(at + separator.length);
      const rendered = render(text);
      if (process.argv.includes('--update')) {
        writeFileSync(place, `${rendered}${separator}${text}`);
      } else expect(rendered).to.equal(content.slice(0, at));
    });
  }
}
