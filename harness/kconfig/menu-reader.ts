/**
 * Which menu a symbol is in, from the comments that the kernel's build writes around them
 * (scripts/kconfig/confdata.c, conf_write):
 *
 *     #
 *     # CPU/Task time and stats accounting
 *     #
 *     CONFIG_PSI=y
 *     # end of CPU/Task time and stats accounting
 *
 * What has no end is no menu but a heading between symbols, and is left out. Before Linux 5.2 nothing
 * has an end: there, the heading above a symbol is all that is known.
 */
import { toLine } from '../text.ts';

/** Where a symbol is; which menus that means is known at the end of the file. */
export interface MenuPlace {
  readonly title: string;
  readonly parent: MenuPlace | undefined;
  readonly isMenu: boolean;
}

type Heading = { -readonly [Key in keyof MenuPlace]: MenuPlace[Key] };

/** Linux 7 has 7. */
const DEPTH_MAX = 16;
const TITLE_LENGTH_MAX = 100;
const END = '# end of ';

export class MenuReader {
  /** All of them, in the order of the file. */
  readonly #headings: Heading[] = [];
  /** Those that may still end. */
  readonly #open: Heading[] = [];
  /** How many of them have a title. */
  readonly #openTitles = new Map<string, number>();
  #hasEnds = false;
  /** The last two lines, if they were comments. */
  #last: readonly [string, string] = ['', ''];

  get place(): MenuPlace | undefined {
    return this.#open.at(-1);
  }

  /** A line that is no comment. */
  skipLine(): void {
    this.#last = ['', ''];
  }

  readComment(line: string): void {
    const [first, second] = this.#last;
    if (line === '#' && first === '#' && second.startsWith('# ')) {
      this.#begin(second.slice(2));
      this.skipLine();
    } else {
      if (line.startsWith(END)) this.#end(line.slice(END.length));
      this.#last = [second, line];
    }
  }

  /** What the paths of places are, now that all is read. */
  finish(): (place: MenuPlace | undefined) => readonly string[] {
    const paths = new Map<MenuPlace | undefined, readonly string[]>();
    for (const heading of this.#headings) {
      const title = toLine(heading.title, TITLE_LENGTH_MAX);
      const outer = paths.get(heading.parent) ?? [];
      if (!this.#hasEnds) paths.set(heading, [title]);
      else if (heading.isMenu && outer.length < DEPTH_MAX) paths.set(heading, [...outer, title]);
      else paths.set(heading, outer);
    }
    return (place) => paths.get(place) ?? [];
  }

  #begin(title: string): void {
    const heading = { title, parent: this.#open.at(-1), isMenu: false };
    this.#headings.push(heading);
    this.#open.push(heading);
    this.#openTitles.set(title, (this.#openTitles.get(title) ?? 0) + 1);
  }

  #end(title: string): void {
    if (!this.#openTitles.has(title)) return;
    this.#hasEnds = true;
    for (let heading = this.#open.pop(); heading !== undefined; heading = this.#open.pop()) {
      const count = (this.#openTitles.get(heading.title) ?? 1) - 1;
      if (count === 0) this.#openTitles.delete(heading.title);
      else this.#openTitles.set(heading.title, count);
      if (heading.title !== title) continue;
      heading.isMenu = true;
      return;
    }
  }
}
