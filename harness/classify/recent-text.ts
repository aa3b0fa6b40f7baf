/** The last bytes of a stream: where a report's lines are, which its excerpt does not say. */
import { toPrintable } from '../text.ts';
import type { Range } from './counting-dedup.ts';

export interface RecentText {
  push(chunk: Uint8Array): void;
  /** Undefined if the beginning is not kept any longer. */
  read(range: Range): string | undefined;
}

const KEPT_BYTES = 1 << 18;

export function createRecentText(keptBytes = KEPT_BYTES): RecentText {
  const chunks: Uint8Array[] = [];
  let begin = 0;
  let end = 0;
  return {
    push(chunk) {
      chunks.push(chunk);
      end += chunk.length;
      for (
        let [first] = chunks;
        first !== undefined && end - begin - first.length >= keptBytes;
        [first] = chunks
      ) {
        begin += first.length;
        chunks.shift();
      }
    },
    read(range) {
      if (range.start < begin) return undefined;
      const bytes = Buffer.concat(chunks).subarray(range.start - begin, range.end - begin);
      return toPrintable(bytes.toString('utf8'));
    },
  };
}

/**
 * For each line of an excerpt, which line of the text has it; null where none does. Lines of others may
 * lie between them, and the text's may be wrapped in something.
 */
export function numberLines(
  excerpt: readonly string[],
  text: string,
  firstLine: number,
): readonly (number | null)[] {
  const lines = text.split('\n');
  let last = -1;
  return excerpt.map((wanted) => {
    const words = wanted.trim();
    if (words === '') return null;
    const next = lines.findIndex((line, index) => index > last && line.includes(words));
    if (next !== -1) last = next;
    else if (lines[last]?.includes(words) !== true) return null;
    return firstLine + last;
  });
}
