/**
 * The version in the Makefile at the top of a kernel's sources, `6.13.0-rc1` of its lines VERSION,
 * PATCHLEVEL, SUBLEVEL and EXTRAVERSION; undefined if these are not there.
 */
export function versionInMakefile(text: string): string | undefined {
  const value = (name: string) =>
    new RegExp(`^${name}[ \\t]*=[ \\t]*([\\w.+~-]*)[ \\t]*$`, 'm').exec(text)?.[1];
  const [version, level, sublevel] = [value('VERSION'), value('PATCHLEVEL'), value('SUBLEVEL')];
  if (!version || !level || sublevel === undefined) return undefined;
  const numbers = [version, level, ...(sublevel === '' ? [] : [sublevel])];
  if (numbers.some((number) => !/^\d{1,5}$/.test(number))) return undefined;
  return `${numbers.join('.')}${value('EXTRAVERSION') ?? ''}`;
}
