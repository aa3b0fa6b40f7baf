const PLAIN = /^[\w@%+=:,./-]+$/;

/** A command line that a POSIX shell takes as it is: one option a line, quoted where need be. */
export function formatCommand(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const quoted = quoteWord(word);
    const isOption = word.startsWith('-') || lines.length === 0;
    if (isOption) lines.push(quoted);
    else lines.push(`${lines.pop()} ${quoted}`);
  }
  return `${lines.join(' \\\n  ')}\n`;
}

/** A word as a POSIX shell takes it for one. */
export function quoteWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
