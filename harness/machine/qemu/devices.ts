/**
 * What a guest is built of, as values: each says what it puts on QEMU's command line and, where the
 * two belong together, on the kernel's. `cmdline.ts` joins them.
 */

export interface Device {
  readonly arguments: readonly string[];
  readonly bootParameters?: readonly string[];
}

/** Only what we name: no default devices, no network, no configuration of the host's user. */
export function bareMachine(): Device {
  return { arguments: ['-no-user-config', '-nodefaults', '-display', 'none', '-machine', 'pc'] };
}

/** As libvirt has it: QEMU may neither start programs nor gain rights. Needs seccomp. */
export const SANDBOX_ARGUMENTS = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
] as const;

export function sandbox(): Device {
  return { arguments: SANDBOX_ARGUMENTS };
}

/** A panic ends the guest: the kernel resets the machine at once, and QEMU exits on a reset. */
export function exitOnPanic(): Device {
  return { arguments: ['-no-reboot'], bootParameters: ['panic=-1'] };
}

/**
 * A kernel with the driver tells of its panic here, whatever is on the console. QEMU only passes it
 * on: the guest goes on to print the rest, and resets itself.
 */
export function panicWitness(): Device {
  return { arguments: ['-device', 'pvpanic-pci', '-action', 'panic=none'] };
}

/** The guest stands still until QMP's `cont`: what fails before that is QEMU's fault, not its. */
export function waitForContinue(): Device {
  return { arguments: ['-S'] };
}

/**
 * Emulated processors. One thread for all of them: with a thread each, QEMU 7.2 executes code that
 * the kernel is patching (static keys) half-way, seen as `Oops: int3` or a hang.
 *
 * qemu64 starts faster than `max`. Added to it: what x86-64-v2 wants, which distributions build
 * programs for, and rdrand, without which the kernel has no random numbers for the first seconds
 * and every program that asks getrandom(2) for some waits.
 */
export function emulatedProcessors(cpus: number): Device {
  const model = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand';
  return { arguments: ['-accel', 'tcg,thread=single', '-cpu', model, '-smp', `${cpus}`] };
}

/** The host's own processors. Only after probe-kvm.ts has seen a kernel boot on them. */
export function hostProcessors(cpus: number): Device {
  return { arguments: ['-accel', 'kvm', '-cpu', 'host', '-smp', `${cpus}`] };
}

export function memory(memoryMib: number): Device {
  return { arguments: ['-m', `${memoryMib}M`] };
}

/** Whose writes to the memory reach its file: `all`, or nobody's but the writer's own copy. */
export type MemoryWrites = 'to-file' | 'to-copy';

/** Memory that lies in a file, which grows only where the guest writes. */
export function fileMemory(memoryMib: number, path: string, writes: MemoryWrites): Device {
  const share = writes === 'to-file' ? 'on' : 'off';
  const backend = `memory-backend-file,id=ram,size=${memoryMib}M,mem-path=${escapeValue(path)},share=${share}`;
  return {
    arguments: ['-m', `${memoryMib}M`, '-object', backend, '-machine', 'memory-backend=ram'],
  };
}

/** The guest does not boot but goes on from a saved state, once QMP says from which. */
export function incomingState(): Device {
  return { arguments: ['-incoming', 'defer'] };
}

export function kernel(path: string): Device {
  return { arguments: ['-kernel', path] };
}

export function initramfs(path: string): Device {
  return { arguments: ['-initrd', path] };
}

/** QEMU is the client of every socket that the harness listens on (port.ts). */
function clientSocket(id: string, path: string): string[] {
  return ['-chardev', `socket,id=${id},path=${escapeValue(path)},server=off`];
}

/** The first UART, `ttyS0`: works from the kernel's first line and needs no module. */
export function serialConsole(socket: string): Device {
  return {
    arguments: [...clientSocket('console', socket), '-serial', 'chardev:console'],
    bootParameters: ['console=ttyS0'],
  };
}

/**
 * Room for so many named ports; port 0 of the bus is reserved for a console.
 *
 * Without `event_idx`, by which driver and device tell each other which interrupts and kicks they can
 * do without. It needs memory barriers between the guest's processors and QEMU's own threads, and
 * `thread=single` of QEMU below 10 leaves the guest's barriers out. Without it fewer wake-ups of a port
 * were seen to get lost; guest/init/src/relay.rs deals with the rest.
 */
export function portBus(ports: number): Device {
  return { arguments: ['-device', `virtio-serial-pci,max_ports=${ports + 1},event_idx=off`] };
}

/** A named port of the guest whose other end the harness holds from the start. */
export function guestPort(name: string, socket: string): Device {
  return { arguments: [...clientSocket(name, socket), ...virtioPort(name)] };
}

/**
 * A named port whose socket QEMU serves, one connection at a time: the guest sees a host come and
 * go with each.
 */
export function servedPort(name: string, socket: string): Device {
  const chardev = `socket,id=${name},path=${escapeValue(socket)},server=on,wait=off`;
  return { arguments: ['-chardev', chardev, ...virtioPort(name)] };
}

function virtioPort(name: string): string[] {
  return ['-device', `virtserialport,chardev=${name},name=${name}`];
}

/** QEMU's control protocol: how the guest ended, by QEMU's own word. */
export function qmpMonitor(socket: string): Device {
  return { arguments: [...clientSocket('qmp', socket), '-mon', 'chardev=qmp,mode=control'] };
}

/** In the values of QEMU's options a comma is written twice. */
function escapeValue(value: string): string {
  return value.replaceAll(',', ',,');
}
