/**
 * Commands to the runner of GitHub Actions, which reads them from a job's output: lines of the form
 * `::name key=value,key=value::message`. Our own few lines: the package for it writes to standard output
 * by itself, and brings an HTTP client.
 */

/** @param properties Those that are undefined are left out. */
export function workflowCommand(
  name: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(value)}`],
  );
  return `::${[name, given.join(',')].filter((part) => part !== '').join(' ')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
