/**
 * `shell-session.ts`: boots a guest and opens a shell in it, as `--shell` does. Ends with the shell's exit
 * code, or with 2 if its standard input is no terminal. Tests start it in a pseudo-terminal.
 */
import { cacheRoot } from '../../cache/cache-root.ts';
import { UsageError } from '../../errors.ts';
import { provideTools } from '../../guest-tools/provide-tools.ts';
import { openShell } from '../reproduce/terminal/open-shell.ts';
import { findTerminal } from '../reproduce/terminal/terminal.ts';
import { bootToolGuest } from './boot-tool-guest.ts';

try {
  const terminal = findTerminal('--shell');
  const context = { cacheRoot: cacheRoot(process.env), onProgress: () => {} };
  const tools = await provideTools([], context);
  await using booted = await bootToolGuest();
  process.exitCode = await openShell(booted.guest, { terminal, tools, leaving: 'ends the guest' });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
