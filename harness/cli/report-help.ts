import { FORMAT_NAMES, FORMATS } from '../reporters/format.ts';

/** What the help of `kmx report` says after its options. */
export function renderReportHelp(): string {
  const nameWidth = Math.max(...FORMAT_NAMES.map(({ length }) => length)) + 2;
  const fileWidth = Math.max(...FORMAT_NAMES.map((name) => FORMATS[name].file.length)) + 2;
  const lines = FORMAT_NAMES.map((name) => {
    const { file, description } = FORMATS[name];
    return `  ${name.padEnd(nameWidth)}${file.padEnd(fileWidth)}${description}`;
  });
  return `
Formats and their files:
${lines.join('\n')}
Exit code 0 whatever the run came to; kmx run says that.

Examples:
  kmx report --format junit --output -
  kmx report 20261124-043401-92a3 --format json,junit --output artifacts`;
}
