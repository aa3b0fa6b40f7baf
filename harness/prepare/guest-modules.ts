import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { readKernelConfig } from '../kernels/config/read-config.ts';
import { listModules } from '../kernels/kernel-digest.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { readKernelText } from '../kernels/kernel-text.ts';
import { type KernelModule, moduleName, readKernelModule } from './kernel-module.ts';

/**
 * What a guest talks to the host through; everything else that init needs is built into every
 * kernel.
 */
const DRIVERS = [
  { module: 'virtio_pci', symbol: 'VIRTIO_PCI' },
  { module: 'virtio_console', symbol: 'VIRTIO_CONSOLE' },
];

type Driver = (typeof DRIVERS)[number];

/**
 * Reports a kernel panic to QEMU (drivers/misc/pvpanic, since 5.13): evidence besides the console.
 */
const PANIC_DRIVER = { module: 'pvpanic_pci', symbol: 'PVPANIC_PCI' };

/**
 * The modules that a guest must load, in loading order; none if the kernel has everything built in.
 * Dependencies come from the modules themselves (`depends` in .modinfo, which modpost writes), so
 * that no depmod index is needed: packages have none, and a host may lack depmod. Throws a
 * UsageError if the kernel cannot talk to the host, or if modules are missing or belong to another
 * kernel.
 */
export async function findGuestModules(kernel: KernelImage): Promise<KernelModule[]> {
  const config =
    kernel.config === undefined ? undefined : (await readKernelConfig(kernel.config)).config;
  const byConfig =
    config === undefined
      ? undefined
      : DRIVERS.filter((driver) => isModuleByConfig(driver, config, kernel));
  const files = await findFiles(kernel);
  const builtIn = await readBuiltIn(kernel.modules);
  const wanted = byConfig ?? DRIVERS.filter((driver) => isModule(driver, files, builtIn, kernel));
  const names = wanted.map(({ module }) => module);
  const present = builtIn ?? new Set<string>();
  const needed = await loadOrder(names, files, present, kernel);
  const withPanicDriver = await addPanicDriver(names, files, present, kernel);
  return withPanicDriver ?? needed;
}

/** What a guest mounts a folder of the host with. */
const SHARE_DRIVERS = [
  { module: '9pnet_virtio', symbol: 'NET_9P_VIRTIO' },
  { module: '9p', symbol: '9P_FS' },
];

/**
 * The modules that a guest must load, in loading order, to mount a folder of the host by 9p: beside those
 * that all guests load. Undefined if its kernel cannot do that, or its modules are not at hand.
 */
export async function findShareModules(
  kernel: KernelImage,
): Promise<readonly KernelModule[] | undefined> {
  const files = await findFiles(kernel);
  const builtIn = (await readBuiltIn(kernel.modules)) ?? (await builtInByConfig(kernel));
  const names = SHARE_DRIVERS.map(({ module }) => module);
  if (!names.every((name) => files.has(name) || builtIn.has(name))) return undefined;
  const loaded = new Set((await findGuestModules(kernel)).map(({ name }) => name));
  return await loadOrder(names, files, builtIn.union(loaded), kernel);
}

/** Of the drivers for shares: an image without a folder of modules comes with no list of what is built in. */
async function builtInByConfig({ config }: KernelImage): Promise<ReadonlySet<string>> {
  if (config === undefined) return new Set();
  const { symbols } = (await readKernelConfig(config)).config;
  const builtIn = SHARE_DRIVERS.filter(({ symbol }) => symbols.get(symbol) === 'y');
  return new Set(builtIn.map(({ module }) => module));
}

async function findFiles({ modules }: KernelImage): Promise<ReadonlyMap<string, string>> {
  const paths = modules ? await listModules(modules) : [];
  return new Map(paths.map((path) => [moduleName(path), path]));
}

/** The last bytes of a signed module (kernel scripts/sign-file.c). */
const SIGNED = Buffer.from('~Module signature appended~\n');

/**
 * The modules with the panic driver among them, if the kernel has it as a signed module: an
 * unsigned one would taint the kernel under test. Guests can do without it.
 */
async function addPanicDriver(
  names: readonly string[],
  files: ReadonlyMap<string, string>,
  builtIn: ReadonlySet<string>,
  kernel: KernelImage,
): Promise<KernelModule[] | undefined> {
  if (!files.has(PANIC_DRIVER.module)) return undefined;
  try {
    const modules = await loadOrder([...names, PANIC_DRIVER.module], files, builtIn, kernel);
    const isSigned = modules.at(-1)?.content.subarray(-SIGNED.length).equals(SIGNED);
    return isSigned ? modules : undefined;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function isModuleByConfig(driver: Driver, config: KernelConfig, kernel: KernelImage): boolean {
  const value = config.symbols.get(driver.symbol);
  if (value === undefined) throw lacks(kernel, driver);
  return value === 'm';
}

function isModule(
  driver: Driver,
  files: ReadonlyMap<string, string>,
  builtIn: ReadonlySet<string> | undefined,
  kernel: KernelImage,
): boolean {
  if (builtIn?.has(driver.module)) return false;
  if (files.has(driver.module)) return true;
  // Nothing says either way: the boot will show.
  if (builtIn === undefined) return false;
  throw lacks(kernel, driver);
}

/** The names in `modules.builtin`: modules built into the image. Undefined without that file. */
async function readBuiltIn(folder: string | undefined): Promise<Set<string> | undefined> {
  const path = folder === undefined ? undefined : join(folder, 'modules.builtin');
  if (path === undefined || !existsSync(path)) return undefined;
  const text = await readKernelText(path, "the list of the kernel's built-in modules");
  return new Set(text.split('\n').filter(Boolean).map(moduleName));
}

/** Debian's kernels need 8. */
const MODULES_MAX = 64;

async function loadOrder(
  wanted: readonly string[],
  files: ReadonlyMap<string, string>,
  builtIn: ReadonlySet<string>,
  kernel: KernelImage,
): Promise<KernelModule[]> {
  const loaded = new Map<string, KernelModule>();
  const entered = new Set<string>();
  async function load(name: string, neededBy: string): Promise<void> {
    if (entered.has(name) || builtIn.has(name)) return;
    entered.add(name);
    const path = files.get(name);
    if (path === undefined) throw missing(name, neededBy, kernel);
    if (entered.size > MODULES_MAX) throw tooMany(kernel);
    const module = await readKernelModule(path);
    if (module.release !== kernel.release) throw ofAnotherKernel(path, module, kernel);
    for (const dependency of module.depends) await load(dependency, name);
    loaded.set(name, module);
  }
  for (const name of wanted) await load(name, 'every guest');
  return [...loaded.values()];
}

function lacks({ release }: KernelImage, { module, symbol }: Driver): UsageError {
  return new UsageError(
    `kernel ${release} has no ${module}, without which it cannot talk to the host`,
    {
      code: 'NO_VIRTIO',
      remedy: `build it with CONFIG_${symbol}=y`,
    },
  );
}

function tooMany({ release, modules }: KernelImage): UsageError {
  return new UsageError(
    `kernel ${release}: its drivers need more than ${MODULES_MAX} modules (${modules})`,
    { code: 'BAD_MODULE', remedy: 'give the modules that were built with this image' },
  );
}

function missing(name: string, neededBy: string, kernel: KernelImage): UsageError {
  const where = kernel.modules ?? 'no folder of modules was given';
  return new UsageError(`kernel ${kernel.release}: ${neededBy} needs module ${name} (${where})`, {
    code: 'NO_MODULE',
    remedy: "give the kernel's folder of modules, or build the module in",
  });
}

function ofAnotherKernel(path: string, module: KernelModule, kernel: KernelImage): UsageError {
  return new UsageError(
    `${path}: expected a module of kernel ${kernel.release}, found one of ${module.release}`,
    { code: 'BAD_MODULE', remedy: 'give the modules that were built with this image' },
  );
}
