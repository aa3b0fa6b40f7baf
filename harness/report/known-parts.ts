/**
 * Large parts of events that a log repeats: what guests report about themselves, and findings. Each is
 * parsed and checked once, and recognised by its text from then on, which also keeps one copy of it in
 * memory. By hand, since it is about the bytes of our own log.
 */

/** Smaller parts are parsed as quickly as they are looked up. */
const LENGTH_MIN = 100;
/** Guests of several kernels take turns. */
const PARTS_MAX = 16;

interface Part {
  readonly text: string;
  readonly value: unknown;
}

export interface KnownParts {
  /**
   * The line with `null` in place of the value of its only such key, if that value is known.
   * @param line JSON on one line, which need not be valid.
   */
  take(line: string): { readonly rest: string; readonly value: unknown } | undefined;
  /**
   * Remembers the value of the key in a line.
   * @param parsed What the line is as JSON: its keys are in the line's order.
   * @param value The key's value once it was checked.
   */
  learn(line: string, parsed: unknown, value: unknown): void;
}

export function createKnownParts(key: string): KnownParts {
  const mark = `"${key}":`;
  const parts: Part[] = [];
  let next = 0;

  /**
   * Where the value of the key begins. In a text, the quotes of the mark would be escaped; so it is a
   * key, and the only one.
   */
  function begin(line: string): number | undefined {
    const at = line.indexOf(mark);
    return at === -1 || line.indexOf(mark, at + 1) !== -1 ? undefined : at + mark.length;
  }

  return {
    take(line) {
      const at = begin(line);
      if (at === undefined) return undefined;
      // A known text is one whole value, so whatever follows it belongs to the line.
      const part = parts.find(({ text }) => line.startsWith(text, at));
      if (part === undefined) return undefined;
      const rest = `${line.slice(0, at)}null${line.slice(at + part.text.length)}`;
      return { rest, value: part.value };
    },
    learn(line, parsed, value) {
      const at = begin(line);
      if (at === undefined) return;
      const text = JSON.stringify((parsed as Readonly<Record<string, unknown>>)[key]) ?? '';
      if (text.length < LENGTH_MIN || !line.startsWith(text, at)) return;
      parts[next] = { text, value };
      next = (next + 1) % PARTS_MAX;
    },
  };
}
