import { bareMachine, emulatedProcessors, exitOnPanic, memory } from '../machine/qemu/devices.ts';
import { quoteWord } from '../shell-command.ts';
import type { Bundle } from './bundle-format.ts';

/** Where the replayer's files are in a guest. */
export const REPLAY_PROGRAM = '/kmx/replay';
export const REPLAY_RECORDING = '/kmx/replay.json';
export const STANDALONE_SCRIPT = '/kmx/standalone.json';
const AGENT_PATH = 'kmx/agent/agent';

type Described = Pick<Bundle, 'test' | 'cell' | 'kernel' | 'guest' | 'agent' | 'outcome'>;

/**
 * The text of `run.sh`: a POSIX shell script that boots the guest of a bundle, in the folder that it was
 * unpacked to, with nothing but QEMU. It runs on an emulated processor like that of a test, so that it
 * shows the same wherever it runs.
 */
export function formatRunScript({ test, cell, kernel, guest, agent, outcome }: Described): string {
  const archives = [...guest.initramfs, ...(guest.replay === undefined ? [] : [guest.replay])];
  const exit = exitOnPanic();
  const parameters = [
    'console=ttyS0',
    ...(exit.bootParameters ?? []),
    ...guest.bootParameters,
    ...(guest.replay === undefined ? [] : ['--', '--standalone', STANDALONE_SCRIPT]),
  ].join(' ');
  const machine = [
    ...bareMachine().arguments,
    ...emulatedProcessors(guest.cpus, true).arguments.map((word) =>
      word.startsWith('qemu64') ? CPU : word,
    ),
    ...memory(guest.memoryMib).arguments,
    ...exit.arguments,
  ];
  const own = agent.archive === undefined ? '' : ' (the one in here, unless --agent names another)';
  return `#!/bin/sh
# Boots the guest of a failed test with nothing but QEMU, and makes the calls of the test again:
#   ${comment(cell.id)}
#   ${comment(test.file)}: ${comment(test.title)}
#   Linux ${comment(kernel.release)}, agent ${comment(agent.digest)}
#   what was seen: ${comment(outcome.verdict)} ${comment(outcome.why ?? '')}
# Everything that the kernel, the agent and the calls print comes to standard output. What the test
# asserted is not checked: that takes kmx reproduce.
set -eu

usage() {
  echo "usage: ./run.sh [--agent FILE]    the agent that is to be tried${own}" >&2
  echo "QEMU=PATH ./run.sh                another QEMU than qemu-system-x86_64" >&2
  exit 2
}

agent=
while [ $# -gt 0 ]; do
  case $1 in
    --agent) [ $# -ge 2 ] || usage; agent=$(realpath "$2"); shift 2 ;;
    *) usage ;;
  esac
done
${agent.archive === undefined ? NEEDS_AGENT : ''}
cd "$(dirname "$0")"
qemu=\${QEMU:-qemu-system-x86_64}
command -v "$qemu" >/dev/null || {
  echo "run.sh: $qemu is not installed: apt-get install qemu-system-x86" >&2
  exit 69
}
# Below version 8, QEMU computes flags wrongly around cmpxchg16b: then the guest does without.
case $("$qemu" --version) in
  *' version '[1-7].*) cpu=${cpuModel(false)} ;;
  *) cpu=${cpuModel(true)} ;;
esac
initramfs=$(mktemp)
trap 'rm -f "$initramfs"' EXIT
cat ${archives.map(quoteWord).join(' ')} >"$initramfs"

# One entry of a cpio archive (newc): its header, and its name.
entry() {
  printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' \\
    0 "$2" 0 0 1 0 "$3" 0 0 0 0 $((\${#1} + 1)) 0
  printf '%s\\000' "$1"
  pad $((110 + \${#1} + 1))
}
pad() {
  case $(($1 % 4)) in
    1) printf '\\000\\000\\000' ;;
    2) printf '\\000\\000' ;;
    3) printf '\\000' ;;
  esac
}

if [ -n "$agent" ]; then
  size=$(wc -c <"$agent")
  {
    entry kmx 16877 0
    entry kmx/agent 16877 0
    entry ${AGENT_PATH} 33261 "$size"
    cat "$agent"
    pad "$size"
    entry 'TRAILER!!!' 0 0
  } >>"$initramfs"
fi

"$qemu" ${machine.map((word) => (word === CPU ? word : quoteWord(word))).join(' ')} \\
  -kernel ${quoteWord(guest.kernel)} -initrd "$initramfs" \\
  -append ${quoteWord(parameters)} \\
  -serial stdio -monitor none </dev/null
`;
}

/** In the place of the model, which depends on the version of QEMU. */
const CPU = '"$cpu"';

function cpuModel(hasCmpxchg16b: boolean): string {
  const { arguments: words } = emulatedProcessors(1, hasCmpxchg16b);
  return words[words.indexOf('-cpu') + 1] ?? '';
}

const NEEDS_AGENT = `[ -n "$agent" ] || {
  echo "run.sh: this bundle has no agent: ./run.sh --agent FILE" >&2
  exit 2
}`;

/** On one line, whatever a title has. */
function comment(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
