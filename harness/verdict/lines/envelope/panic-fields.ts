/**
 * Entries whose fields tell of a panic, put in the words that the program's runtime would print:
 * Rust's tracing-panic, and Go's loggers with a level for it (logrus, zap).
 */
type Fields = Readonly<Record<string, unknown>>;

/** The text of such an entry. */
export function panicOf(all: readonly Fields[]): string | undefined {
  for (const fields of all) {
    const { 'panic.payload': payload, 'panic.location': location } = fields;
    if (typeof payload === 'string') {
      const place = typeof location === 'string' ? location : '';
      return `A panic occurred panic.payload=${JSON.stringify(payload)} panic.location="${place}"`;
    }
    const { level, msg, stacktrace } = fields;
    if (level !== 'panic' || typeof msg !== 'string') continue;
    return typeof stacktrace === 'string'
      ? `panic: ${msg}\n\ngoroutine 0 [running]:\n${framesOf(stacktrace)}`
      : `panic: ${msg}`;
  }
  return undefined;
}

/** zap leaves the arguments of its frames out. */
function framesOf(stack: string): string {
  return stack.replace(/^\S+[^()\s]$/gm, '$&()');
}
