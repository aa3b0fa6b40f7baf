/**
 * The parts of a guest, as values: each says what it adds to QEMU's command line and, where the two
 * belong together, to the kernel's. `cmdline.ts` joins them.
 */

export interface Device {
  readonly arguments: readonly string[];
  readonly bootParameters?: readonly string[];
}

/** Only what we name: no default devices, no network, no configuration files of the user's. */
export function bareMachine(): Device {
  return { arguments: ['-no-user-config', '-nodefaults', '-display', 'none', '-machine', 'pc'] };
}

/** As in libvirt: QEMU may neither start programs nor gain privileges. Needs seccomp. */
export const SANDBOX_ARGUMENTS = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
] as const;

export function sandbox(): Device {
  return { arguments: SANDBOX_ARGUMENTS };
}

/** A panic ends the guest: the kernel resets the machine at once, and QEMU exits on reset. */
export function exitOnPanic(): Device {
  return { arguments: ['-no-reboot'], bootParameters: ['panic=-1'] };
}

/**
 * A kernel with the driver reports its panic here, whatever the console shows. QEMU only passes the
 * report on: the guest prints the rest and then resets itself.
 */
export function panicWitness(): Device {
  return { arguments: ['-device', 'pvpanic-pci', '-action', 'panic=none'] };
}

/**
 * The guest waits for QMP's `cont`: whatever fails before that is QEMU's fault, not the guest's.
 */
export function waitForContinue(): Device {
  return { arguments: ['-S'] };
}

/**
 * Emulated processors, all in one thread: with a thread each, QEMU 7.2 executes half-patched code
 * while the kernel is patching it (static keys), seen as `Oops: int3` or a hang.
 *
 * qemu64 starts faster than `max`. Added are what x86-64-v2 requires, which distributions build
 * programs for, and rdrand, without which the kernel has no random numbers for the first seconds
 * and every program that calls getrandom(2) has to wait.
 *
 * @param hasCmpxchg16b Part of x86-64-v2, too, but not to be had everywhere: flags-fault.ts.
 */
export function emulatedProcessors(cpus: number, hasCmpxchg16b: boolean): Device {
  const base = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand';
  const model = hasCmpxchg16b ? base : `${base},-cx16`;
  return { arguments: ['-accel', 'tcg,thread=single', '-cpu', model, '-smp', `${cpus}`] };
}

/** The host's own processors. Only if probe-kvm.ts has seen a kernel boot on them. */
export function hostProcessors(cpus: number): Device {
  return { arguments: ['-accel', 'kvm', '-cpu', 'host', '-smp', `${cpus}`] };
}

export function memory(memoryMib: number): Device {
  return { arguments: ['-m', `${memoryMib}M`] };
}

/**
 * Where the guest's writes to its memory go: to the file, or to a copy that only it sees. Then some
 * QEMUs open the file for writing, nevertheless.
 */
export type MemoryWrites = 'to-file' | 'to-copy' | 'to-copy-of-read-only';

const MEMORY_OPTIONS: Readonly<Record<MemoryWrites, string>> = {
  'to-file': 'share=on',
  'to-copy': 'share=off',
  'to-copy-of-read-only': 'share=off,readonly=on,rom=off',
};

/** Memory in a sparse file: only what the guest writes takes space. */
export function fileMemory(memoryMib: number, path: string, writes: MemoryWrites): Device {
  const file = `size=${memoryMib}M,mem-path=${escapeValue(path)},${MEMORY_OPTIONS[writes]}`;
  const backend = `memory-backend-file,id=ram,${file}`;
  return {
    arguments: ['-m', `${memoryMib}M`, '-object', backend, '-machine', 'memory-backend=ram'],
  };
}

/** The guest does not boot but continues from a saved state, which QMP names later. */
export function incomingState(): Device {
  return { arguments: ['-incoming', 'defer'] };
}

export function kernel(path: string): Device {
  return { arguments: ['-kernel', path] };
}

export function initramfs(path: string): Device {
  return { arguments: ['-initrd', path] };
}

/** QEMU connects to a socket that the harness listens on (port.ts). */
function clientSocket(id: string, path: string): string[] {
  return ['-chardev', `socket,id=${id},path=${escapeValue(path)},server=off`];
}

/** The first UART, `ttyS0`: works from the kernel's first line on and needs no module. */
export function serialConsole(socket: string): Device {
  return {
    arguments: [...clientSocket('console', socket), '-serial', 'chardev:console'],
    bootParameters: ['console=ttyS0'],
  };
}

/**
 * Room for `ports` named ports; port 0 of the bus is reserved for a console.
 *
 * `event_idx` is off. With it, driver and device tell each other which interrupts and kicks they
 * can do without, which needs memory barriers between the guest's processors and QEMU's own
 * threads; but QEMU below 10 omits the guest's barriers with `thread=single`. Without `event_idx`,
 * fewer wake-ups of a port were seen to get lost; guest/init/src/relay.rs deals with the rest.
 */
export function portBus(ports: number): Device {
  return { arguments: ['-device', `virtio-serial-pci,max_ports=${ports + 1},event_idx=off`] };
}

/** A named port of the guest; the harness holds its other end from the start. */
export function guestPort(name: string, socket: string): Device {
  return { arguments: [...clientSocket(name, socket), ...virtioPort(name)] };
}

/**
 * A named port whose socket QEMU serves, one connection at a time: with each, the guest sees the
 * host connect and disconnect.
 */
export function servedPort(name: string, socket: string): Device {
  const chardev = `socket,id=${name},path=${escapeValue(socket)},server=on,wait=off`;
  return { arguments: ['-chardev', chardev, ...virtioPort(name)] };
}

function virtioPort(name: string): string[] {
  return ['-device', `virtserialport,chardev=${name},name=${name}`];
}

/**
 * A folder of this host. Links in it are the guest's to follow, in its own file system; QEMU follows none
 * (hw/9pfs/9p-local.c), and changes nothing.
 */
export function sharedFolder(path: string, tag: string): Device {
  const files = `local,id=share,path=${escapeValue(path)},security_model=none,readonly=on,multidevs=remap`;
  return {
    arguments: ['-fsdev', files, '-device', `virtio-9p-pci,fsdev=share,mount_tag=${tag}`],
  };
}

/** QEMU's control protocol, which also tells how the guest ended. */
export function qmpMonitor(socket: string): Device {
  return { arguments: [...clientSocket('qmp', socket), '-mon', 'chardev=qmp,mode=control'] };
}

/** Within an option's value, QEMU wants commas doubled. */
function escapeValue(value: string): string {
  return value.replaceAll(',', ',,');
}
