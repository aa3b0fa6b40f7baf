/**
 * Machine code (x86-64) that replaces a kernel function, to provoke reports that are rare
 * otherwise. Addresses come from the guest's /proc/kallsyms.
 */

export type Symbols = ReadonlyMap<string, bigint>;

/**
 * The function to overwrite: the handler of sysrq m, with room for 16 bytes, or the work of sysrq
 * f.
 */
export type PatchedFunction = 'sysrq_handle_showmem' | 'moom_callback';

export interface KernelCode {
  readonly patched: PatchedFunction;
  /** Kernel functions that the code calls: from each row, the first that the kernel has. */
  readonly calls?: readonly (readonly string[])[];
  assemble(calls: readonly bigint[]): readonly number[];
}

const RETURN = [0xc3];
/** 24 bytes of stack for the code's own use. */
const ENTER = [0x48, 0x83, 0xec, 0x18];
const LEAVE = [0x48, 0x83, 0xc4, 0x18, ...RETURN];

/** movabs $address, %rax; call *%rax */
function call(address = 0n): readonly number[] {
  return [0x48, 0xb8, ...littleEndian(address), 0xff, 0xd0];
}

function littleEndian(value: bigint): readonly number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return [...bytes];
}

export const NULL_DEREFERENCE: KernelCode = {
  patched: 'sysrq_handle_showmem',
  assemble: () => [0x31, 0xc0, 0x89, 0x00, ...RETURN], // xor %eax, %eax; mov %eax, (%rax)
};

export const GENERAL_PROTECTION: KernelCode = {
  patched: 'sysrq_handle_showmem',
  // movabs $address, %rax; mov (%rax), %eax: the address is not canonical
  assemble: () => [0x48, 0xb8, ...littleEndian(0x4141_4141_4141_4141n), 0x8b, 0x00, ...RETURN],
};

export const INVALID_OPCODE: KernelCode = {
  patched: 'sysrq_handle_showmem',
  assemble: () => [0x0f, 0x0b, ...RETURN],
};

export const DIVIDE_ERROR: KernelCode = {
  patched: 'sysrq_handle_showmem',
  assemble: () => [0x31, 0xc9, 0xf7, 0xf1, ...RETURN], // xor %ecx, %ecx; div %ecx
};

/** Calls itself. */
export const RECURSION: KernelCode = {
  patched: 'sysrq_handle_showmem',
  assemble: () => [0xe8, 0xfb, 0xff, 0xff, 0xff],
};

/** Jumps to itself. */
export const LOOP: KernelCode = { patched: 'sysrq_handle_showmem', assemble: () => [0xeb, 0xfe] };

/**
 * The same in an RCU read-side critical section, and not in a sysrq handler, during which RCU does
 * not look for stalls. Kernels without preemptible RCU have no function for that; jiffies_to_msecs
 * stands in.
 */
export const LOOP_UNDER_RCU: KernelCode = {
  patched: 'moom_callback',
  calls: [['__rcu_read_lock', 'jiffies_to_msecs']],
  assemble: ([lock]) => [...ENTER, ...call(lock), ...LOOP.assemble([])],
};

export const SLEEP: KernelCode = {
  patched: 'moom_callback',
  calls: [['schedule_timeout_uninterruptible']],
  assemble: ([sleep]) => [
    ...ENTER,
    ...[0x48, 0xbf, ...littleEndian(0x7fff_ffff_ffff_ffffn)], // movabs $forever, %rdi
    ...call(sleep),
    ...LEAVE,
  ],
};

/** refcount_warn_saturate(&counter, REFCOUNT_SUB_UAF) (include/linux/refcount.h) */
export const REFCOUNT: KernelCode = {
  patched: 'moom_callback',
  calls: [['refcount_warn_saturate']],
  assemble: ([warn]) => [
    ...ENTER,
    ...[0x48, 0x89, 0xe7], // mov %rsp, %rdi
    ...[0xbe, 0x03, 0x00, 0x00, 0x00], // mov $3, %esi
    ...call(warn),
    ...LEAVE,
  ],
};

/** Two entries that do not point at each other (lib/list_debug.c) */
export const LIST_ADD: KernelCode = {
  patched: 'moom_callback',
  calls: [['__list_add_valid_or_report', '__list_add_valid']],
  assemble: ([check]) => [
    ...ENTER,
    ...[0x48, 0x89, 0x64, 0x24, 0x10], // mov %rsp, 16(%rsp)
    ...[0x48, 0x8d, 0x7c, 0x24, 0x08], // lea 8(%rsp), %rdi
    ...[0x48, 0x89, 0xe6], // mov %rsp, %rsi
    ...[0x48, 0x8d, 0x54, 0x24, 0x08], // lea 8(%rsp), %rdx
    ...[0x48, 0x89, 0x22], // mov %rsp, (%rdx)
    ...[0x48, 0x89, 0x52, 0x08], // mov %rdx, 8(%rdx)
    ...call(check),
    ...LEAVE,
  ],
};

/** p = kmalloc(64, GFP_KERNEL), then kfree(p) twice */
export const DOUBLE_FREE: KernelCode = {
  patched: 'moom_callback',
  calls: [['__kmalloc_noprof', '__kmalloc'], ['kfree']],
  assemble: ([allocate, free]) => [
    ...ENTER,
    ...[0xbf, 0x40, 0x00, 0x00, 0x00], // mov $64, %edi
    ...[0xbe, 0xc0, 0x0c, 0x00, 0x00], // mov $GFP_KERNEL, %esi
    ...call(allocate),
    ...[0x48, 0x89, 0x04, 0x24], // mov %rax, (%rsp)
    ...[0x48, 0x89, 0xc7], // mov %rax, %rdi
    ...call(free),
    ...[0x48, 0x8b, 0x3c, 0x24], // mov (%rsp), %rdi
    ...call(free),
    ...LEAVE,
  ],
};
