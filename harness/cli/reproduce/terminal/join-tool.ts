/** Connects the developer's terminal with a tool in a guest. */
import type { GuestTool, ToolEnd } from '../../../live-guest/guest-tool.ts';
import { enterRawMode, sizeOf, type Terminal } from './terminal.ts';

/** Ctrl-], as in telnet and virsh: it works even if nothing in the guest does any more. */
const LEAVE = 0x1d;
export const LEAVE_KEY = 'Ctrl-]';

export type JoinEnd = ToolEnd | { readonly kind: 'left' };

/**
 * Until the tool has ended, the guest is lost, the terminal has hung up, or the developer has pressed
 * Ctrl-]. All other keys go to the guest, Ctrl-C among them.
 */
export async function joinTool(tool: GuestTool, terminal: Terminal): Promise<JoinEnd> {
  const { input, output } = terminal;
  const left = Promise.withResolvers<JoinEnd>();
  const leave = (): void => left.resolve({ kind: 'left' });
  const onKeys = (keys: Buffer): void => {
    const end = keys.indexOf(LEAVE);
    if (tool.input.writable) tool.input.write(end === -1 ? keys : keys.subarray(0, end));
    if (end !== -1) leave();
  };
  const onResize = (): void => void tool.resize(sizeOf(terminal)).catch(() => {});
  using _raw = enterRawMode(terminal);
  input.on('data', onKeys).on('end', leave).resume();
  output.on('resize', onResize);
  try {
    // It may have changed since the tool was started.
    onResize();
    return await Promise.race([showAll(tool, output), left.promise]);
  } finally {
    input.off('data', onKeys).off('end', leave).pause();
    output.off('resize', onResize);
  }
}

/** The end comes after everything that the tool has written. */
async function showAll(tool: GuestTool, output: NodeJS.WritableStream): Promise<ToolEnd> {
  for await (const chunk of tool.output) {
    if (!output.write(chunk)) await new Promise((resolve) => output.once('drain', resolve));
  }
  return await tool.ended;
}
