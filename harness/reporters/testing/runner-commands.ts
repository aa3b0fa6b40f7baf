export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/**
 * What the runner of GitHub Actions, and Azure's agent, take for commands in a job's output: lines that begin
 * with `::name key=value,…::`, white space before it ignored, and `##[name …]` or `##vso[name …]` anywhere.
 */
export function commandsIn(output: string): readonly RunnerCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, name = '', given = '', data = ''] =
      /^\s*::([^:\s]+)(?:\s([^:]*))?::(.*)$/s.exec(line) ?? [];
    if (name !== '') return [{ name, properties: propertiesOf(given), message: unescaped(data) }];
    const [, legacy = ''] = /##(?:vso|teamcity)?\[([^\]\s]*)/.exec(line) ?? [];
    return legacy === '' ? [] : [{ name: legacy, properties: {}, message: line }];
  });
}

function propertiesOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', value = ''] = pair.split(/=(.*)/s);
      return [key.trim(), unescaped(value).replaceAll('%3A', ':').replaceAll('%2C', ',')];
    }),
  );
}

function unescaped(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}
