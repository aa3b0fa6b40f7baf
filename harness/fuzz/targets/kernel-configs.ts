import { match, ok } from 'node:assert';
import { menuOf } from '../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
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

function isPrintable(text: string): void {
  ok(toLine(text, 1000) === text, text);
}
