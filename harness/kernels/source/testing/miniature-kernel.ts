/** A tree whose makefile builds a "kernel" in a moment, in the way and with the words of the real one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../cache/digest.ts';
import type { KernelConfig } from '../../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../../kconfig/parse-config.ts';
import { buildBzImage } from '../../testing/build-kernel.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';
import { hostCompiler } from '../host-compiler.ts';

const OBJECTS = ['kernel/fork.o', 'kernel/exit.o', 'mm/memcontrol.o'];

/**
 * `kernel/exit.o` depends on the configuration, the others only on their sources. What ends up in the
 * image: a head by which it is recognised, then all objects, then variables that must be the same each
 * time. While `hold` exists in the tree, `mm/memcontrol.o` is not done.
 */
const MAKEFILE = `
ifneq ($(ARCH),x86_64)
$(error expected ARCH=x86_64, found $(ARCH))
endif
objects := ${OBJECTS.map((name) => `$(O)/${name}`).join(' ')}
bzImage: $(objects)
	@echo '  LD      vmlinux'
	@mkdir -p $(O)/arch/x86/boot
	@cat head $(objects) >$(O)/arch/x86/boot/bzImage
	@echo "$$KBUILD_BUILD_USER $$KBUILD_BUILD_HOST $$KBUILD_BUILD_TIMESTAMP $$KBUILD_BUILD_VERSION" >>$(O)/arch/x86/boot/bzImage
	@[ ! -w builds ] || echo bzImage >>builds
$(O)/kernel/exit.o: $(O)/.config
$(O)/mm/memcontrol.o: | wait
$(O)/%.o: %.c
	@echo '  CC      $*.o'
	@mkdir -p $(dir $@)
	@gcc -c $(KCFLAGS) -g -o $@ $<
%.ko:
	@echo '  CC [M]  $@'
	@mkdir -p $(O)/$(dir $@)
	@echo module >$(O)/$@
wait:
	@while [ -e hold ]; do sleep 0.1; done
.PHONY: wait bzImage
.DELETE_ON_ERROR:
`;

export interface MiniatureKernel {
  /** The tree; `builds` in it gets a line for each image that was made, unless it cannot be written. */
  readonly folder: string;
  /** What a build of it needs, with a configuration of these lines. */
  configured(lines: readonly string[]): Promise<ConfiguredKernel>;
}

/** Writes the tree into a folder that need not exist. */
export async function makeMiniatureKernel(folder: string): Promise<MiniatureKernel> {
  const files: Readonly<Record<string, string | Buffer>> = {
    Makefile: MAKEFILE,
    head: buildBzImage('6.12.0-mini'),
    'kernel/fork.c': 'const char *file_of_fork(void) { return __FILE__; }\n',
    'kernel/exit.c': 'int do_exit(int code) { return code; }\n',
    'mm/memcontrol.c': 'int charge(void) { return 0; }\n',
    builds: '',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return await openMiniatureKernel(folder);
}

/** The tree in a folder that `makeMiniatureKernel` has written. */
export async function openMiniatureKernel(folder: string): Promise<MiniatureKernel> {
  const compiler = await hostCompiler();
  return {
    folder,
    configured: async (lines) => {
      const text = `${lines.join('\n')}\n`;
      const config = `${folder}-${digestOf(text).slice(-8)}.config`;
      await writeFile(config, text);
      return {
        tree: {
          digest: digestOf('miniature kernel'),
          origin: 'miniature',
          open: async () => ({ folder, version: '6.12.0' }),
          confirm: async () => {},
        },
        compiler,
        config,
        base: 'configured-kernels/base-miniature',
        digest: digestOf(text),
        effective: configOf(text),
        requested: new Map(),
        origin: 'source miniature',
      };
    },
  };
}

function configOf(text: string): KernelConfig {
  const parsed = parseKernelConfig(text);
  if (parsed.kind !== 'config')
    throw new Error(`Expected a configuration, found ${parsed.looksLike}`);
  return parsed.config;
}
