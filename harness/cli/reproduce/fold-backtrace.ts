import { count } from '../../phrases.ts';

/** What Rust prints before the frames, each of which has a line of its own and, mostly, one with its place. */
const BEGIN = /^stack backtrace:$/;
const FRAME = /^\s*\d+:\s/;
const PLACE = /^\s+at (.*)$/;
/** Of Rust's own library, and of crates from a registry. */
const LIBRARY = /^(?:\/rustc\/|.*\/registry\/src\/|library\/)/;

/**
 * Leaves out the frames of a Rust backtrace that are a library's: some forty, which bury all else. All of them
 * are in the log.
 */
export class BacktraceFold {
  readonly #show: (line: string) => void;
  #isInside = false;
  #frame: string | undefined;
  #leftOut = 0;

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  push(line: string): void {
    const [, place] = PLACE.exec(line) ?? [];
    if (this.#isInside && FRAME.test(line)) {
      this.#dropFrame();
      this.#frame = line;
    } else if (this.#frame !== undefined && place !== undefined) {
      this.#endFrame(this.#frame, place);
    } else {
      this.end();
      this.#isInside = BEGIN.test(line);
      this.#show(line);
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#dropFrame();
    if (this.#leftOut > 0) this.#show(`  ${count(this.#leftOut, 'other frame')} in its log`);
    this.#leftOut = 0;
    this.#isInside = false;
  }

  #endFrame(frame: string, place: string): void {
    if (!LIBRARY.test(place)) {
      const [number = '', name = ''] = frame.trim().split(/:\s+(?:0x[0-9a-f]+ - )?(.*)/);
      this.#frame = undefined;
      this.#show(`${number.padStart(4)}: ${name} at ${place}`);
    } else this.#dropFrame();
  }

  #dropFrame(): void {
    if (this.#frame !== undefined) this.#leftOut += 1;
    this.#frame = undefined;
  }
}
