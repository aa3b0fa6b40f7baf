/**
 * Which objects of earlier builds make will not compile again. kbuild writes down for each object which symbols
 * it depends on, as files of `include/config`, and touches those whose values change (Linux
 * scripts/basic/fixdep.c, scripts/kconfig/confdata.c). Only progress depends on it.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { KernelConfig } from '../../../kconfig/kernel-config.ts';

/** `.fork.o.cmd`, `.built-in.a.cmd` */
const COMMAND = /^\.(.+\.[oa])\.cmd$/;
const SYMBOL = /\(wildcard include\/config\/(\w+)\)/g;
/** What is built there runs on the host. */
const HOST_FOLDERS = /^(scripts|tools)\//;

/**
 * Paths of objects and archives below `output`, as make prints them; none if nothing was built there.
 * @param wanted The configuration that they are to be built with.
 */
export async function findGoodObjects(
  output: string,
  wanted: KernelConfig,
): Promise<ReadonlySet<string>> {
  const changed = await findChanged(output, wanted);
  if (changed === undefined) return new Set();
  const names = await readdir(output, { recursive: true, withFileTypes: true });
  const all = names.flatMap((entry) => {
    const name = COMMAND.exec(entry.name)?.[1];
    const object = name === undefined ? '' : relative(output, join(entry.parentPath, name));
    // Those at the top are linked from all others.
    return object.includes('/') && !HOST_FOLDERS.test(object) ? [object] : [];
  });
  const good = new Set<string>();
  const stale = new Set<string>();
  for (const object of all) {
    if (await isGood(output, object, changed)) good.add(object);
    else addFolders(stale, object);
  }
  return new Set(
    [...good].filter((object) => !object.endsWith('.a') || !stale.has(dirname(object))),
  );
}

/** By symbol: when its value changed, in ms since 1970, or Infinity if it will once make runs. Undefined if nothing was built yet. */
async function findChanged(
  output: string,
  wanted: KernelConfig,
): Promise<ReadonlyMap<string, number> | undefined> {
  const file = join(output, 'include/config/auto.conf');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const before = new Map(
    [...text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const changed = new Map<string, number>();
  for (const name of await readdir(join(output, 'include/config'))) {
    const { mtimeMs } = await stat(join(output, 'include/config', name));
    changed.set(name, mtimeMs);
  }
  for (const symbol of new Set([...before.keys(), ...wanted.symbols.keys()])) {
    if (bare(before.get(symbol)) !== bare(wanted.symbols.get(symbol)))
      changed.set(symbol, Infinity);
  }
  return changed;
}

/** Newer auto.conf files have strings without their quotation marks. */
function bare(value: string | undefined): string | undefined {
  return value?.replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
}

async function isGood(
  output: string,
  object: string,
  changed: ReadonlyMap<string, number>,
): Promise<boolean> {
  const path = join(output, object);
  const command = join(dirname(path), `.${object.slice(object.lastIndexOf('/') + 1)}.cmd`);
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(command, 'utf8')]);
    for (const [, symbol = ''] of text.matchAll(SYMBOL)) {
      if ((changed.get(symbol) ?? 0) > mtimeMs) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** Archives of all folders that an object is in have to be made again. */
function addFolders(folders: Set<string>, object: string): void {
  for (let folder = dirname(object); folder !== '.'; folder = dirname(folder)) folders.add(folder);
}
