import { match, ok } from 'node:assert';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { InfraError } from '../../errors.ts';
import { menuOf } from '../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
import { findConfig } from '../../kernels/config/find-config.ts';
import { CONFIG_BYTES_MAX } from '../../kernels/config/ikconfig.ts';
import { findConfigInTar } from '../../kernels/debian/package-config.ts';
import { buildPackedBzImage, buildVmlinux } from '../../kernels/testing/build-kernel.ts';
import { toLine } from '../../text.ts';
import type { FuzzTarget } from '../fuzz-target.ts';

const CONFIG = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.117 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="gcc (Debian 12.2.0-14) \\"12\\""

#
# General setup
#
CONFIG_INIT_ENV_ARG_LIMIT=32

#
# CPU/Task time and stats accounting
#
# CONFIG_PSI is not set
# end of CPU/Task time and stats accounting

CONFIG_PHYSICAL_START=0x1000000
# end of General setup
`;

/** Few problems, and names, menus and problems that are printable. */
export const kernelConfig: FuzzTarget = {
  name: 'kernel-config',
  seeds: () => [Buffer.from(CONFIG), Buffer.from(CONFIG.replaceAll('\n', '\r\n'))],
  run(input) {
    const parsed = parseKernelConfig(input);
    if (parsed.kind === 'no-config') {
      match(parsed.looksLike, /^(an? |binary data)/);
      isPrintable(parsed.looksLike);
      return;
    }
    const { config, problems, problemCount } = parsed;
    ok(problems.length <= 20 && problems.length <= problemCount);
    for (const { line, column, message } of problems) {
      ok(line > 0 && column > 0);
      isPrintable(message);
    }
    isPrintable(`${config.version} ${config.compiler}`);
    for (const symbol of config.symbols.keys()) {
      match(symbol, /^\w{1,128}$/);
      ok(menuOf(config, symbol).length <= 16);
    }
    for (const menu of new Set([...(config.menus?.values() ?? [])].flat())) isPrintable(menu);
  },
};

/** A text of limited length, or words that say why there is none. */
export const configFile: FuzzTarget = {
  name: 'config-file',
  seeds: () => {
    const vmlinux = buildVmlinux('6.12.117', { ikconfig: CONFIG });
    const payload = Buffer.concat([zstdCompressSync(vmlinux), Buffer.alloc(4)]);
    return [gzipSync(CONFIG), vmlinux, buildPackedBzImage('6.12.117', payload)];
  },
  async run(input) {
    const found = await findConfig(Buffer.from(input), 'an input').catch(asRefusal);
    if (found?.kind === 'text') ok(found.text.length <= CONFIG_BYTES_MAX);
    else if (found !== undefined)
      match(found.problem, /^(an? |\w+ data|broken \w+ data|the image)/);
  },
};

/** The files of a package, or a refusal by the library that reads them. */
export const packageFiles: FuzzTarget = {
  name: 'package-files',
  // tar(5): one file, and two empty blocks.
  seeds: () => {
    const head = Buffer.alloc(512);
    head.write('./boot/config-6.12');
    head.write('0000644\0', 100);
    head.write(`${CONFIG.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('        0', 148);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(CONFIG.length / 512) * 512);
    body.write(CONFIG);
    return [Buffer.concat([head, body, Buffer.alloc(1024)])];
  },
  async run(input) {
    const archive = extract();
    archive.end(Buffer.from(input));
    const found = await findConfigInTar(archive, CONFIG_BYTES_MAX).catch(asTarRefusal);
    if (found?.kind === 'content') ok(found.bytes.length <= input.length);
    else if (found !== undefined) match(found.problem, /^a /);
  },
};

/** Only what says so is meant. */
function asRefusal(error: unknown): undefined {
  if (error instanceof InfraError) return undefined;
  throw error;
}

function asTarRefusal(error: unknown): undefined {
  if (error instanceof TypeError || error instanceof RangeError) throw error;
  return undefined;
}

function isPrintable(text: string): void {
  ok(toLine(text, 1000) === text, text);
}
