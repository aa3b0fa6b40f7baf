/** Agents as users have them, files that are started without arguments: the reference agent, one personality each. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { guestBinaries } from '../../project.ts';

/**
 * Writes the agent that it contains to a file of the guest and becomes it. The agent starts itself again from
 * `/proc/self/exe`, which is then that file.
 */
const SOURCE = `
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
extern const char agent_begin[], agent_end[];
__asm__(".section .rodata\\nagent_begin: .incbin \\"" AGENT "\\"\\nagent_end:\\n.text");
int main(int argc, char **argv, char **environment) {
  const char *path = "/run/personality";
  char *words[] = {argv[0], GUARD, 0};
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  for (const char *at = agent_begin; at < agent_end;) {
    ssize_t count = write(file, at, agent_end - at);
    if (count <= 0) return 111;
    at += count;
  }
  close(file);
  execve(path, words, environment);
  return 112;
}
`;

/** Builds an agent, with the compiler of this host; replaces what is there by a rename, as compilers do. */
export async function buildAgent(folder: string, guard: 'on' | 'off', path: string): Promise<void> {
  const source = join(folder, `${guard}.c`);
  const built = join(folder, `${guard}.out`);
  await writeFile(source, SOURCE);
  const macros = [`-DAGENT="${guestBinaries.agent}"`, `-DGUARD="--guard=${guard}"`];
  await execa('gcc', ['-static', '-Os', ...macros, '-o', built, source]);
  await rename(built, path);
}
