const CODES = 128;

/**
 * Whether a text contains one of many ASCII words of at least two characters. By their first two
 * characters, since a regular expression with as many alternatives tries them one by one.
 */
export function createWordTest(words: readonly string[]): (text: string) => boolean {
  const byBeginning: (string[] | undefined)[] = new Array(CODES * CODES).fill(undefined);
  for (const word of words) {
    const beginning = word.charCodeAt(0) * CODES + word.charCodeAt(1);
    byBeginning[beginning] = [...(byBeginning[beginning] ?? []), word];
  }

  return (text) => {
    let before = text.charCodeAt(0);
    for (let at = 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const candidates =
        code < CODES && before < CODES ? byBeginning[before * CODES + code] : undefined;
      before = code;
      if (candidates?.some((word) => text.startsWith(word, at - 1))) return true;
    }
    return false;
  };
}
