/**
 * Where tools lie in a guest. Below /run, which can be written to in containers, too, and in which no
 * agent looks for anything.
 */
const FOLDER = '/run/kmx/tools';

/** Programs and applets, to be put into PATH. */
export const TOOL_PROGRAM_FOLDER = `${FOLDER}/bin`;
/** What the programs there start that need libraries. */
export const TOOL_OWN_FOLDER = `${FOLDER}/libexec`;
/** The loader and libraries of these. */
export const TOOL_LIBRARY_FOLDER = `${FOLDER}/lib`;

export const BUSYBOX = `${TOOL_PROGRAM_FOLDER}/busybox`;

/**
 * A script that starts a program with the libraries that came with it: the guest may have others, or
 * none. `exec` keeps the process id.
 */
export function launcherOf(program: string, loader: string): string {
  const words = [
    `${TOOL_LIBRARY_FOLDER}/${loader}`,
    `--library-path ${TOOL_LIBRARY_FOLDER}`,
    `${TOOL_OWN_FOLDER}/${program}`,
  ];
  return `#!${BUSYBOX} sh\nexec ${words.join(' ')} "$@"\n`;
}
