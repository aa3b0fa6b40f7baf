import { parseJson } from '../parse-json.ts';

/** What slog's JSON has in every line, and says nothing about what happened. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  ...['level', 'msg', 'name', 'pid', 'source', 'subsystem', 'ts', 'version'],
]);

/**
 * A line of an agent's output for people: a JSON object with a level and a message, as kata-agent logs
 * them, is told as `INFO message key=value`; any other line stays as it is.
 */
export function renderAgentLine(line: string): string {
  if (!line.startsWith('{')) return line;
  const entry = parseJson(line);
  if (typeof entry !== 'object' || entry === null || !('msg' in entry)) return line;
  const { level, msg } = entry as Readonly<Record<string, unknown>>;
  if (typeof msg !== 'string') return line;
  const others = Object.entries(entry)
    .filter(([key]) => !ALWAYS_THERE.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [...(typeof level === 'string' ? [level] : []), msg, ...others].join(' ');
}
