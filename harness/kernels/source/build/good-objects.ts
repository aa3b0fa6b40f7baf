/**
 * Which objects of earlier builds make will not compile again. kbuild writes down for each object which symbols
 * it depends on, as files of `include/config`, and touches those whose values change (Linux
 * scripts/basic/fixdep.c, scripts/kconfig/confdata.c). Only progress depends on it.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { KernelConfig } from '../../../kconfig/kernel-config.ts';
import { isKernelObject } from './kernel-object.ts';

/** `.fork.o.cmd` */
const COMMAND = /^\.(.+\.o)\.cmd$/;
const SYMBOL = /\(wildcard include\/config\/(\w+)\)/g;

/**
 * Paths of objects below `output`, as make prints them; none if nothing was built there.
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
    return isKernelObject(object) ? [object] : [];
  });
  const good = new Set<string>();
  for (const object of all) {
    if (await isGood(output, object, changed)) good.add(object);
  }
  return good;
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
