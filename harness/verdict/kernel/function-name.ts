/** A name for a kernel function that is the same for every compiler, architecture and version. */
export function normaliseFunction(name: string): string {
  return (
    name
      // Entry points of 64-bit PowerPC up to 2013.
      .replace(/^\./, '')
      // Compilers split functions into parts and name the parts as they please.
      .replace(/\.(?:isra|constprop|part|cold|llvm|lto_priv|__uniq|cfi_jt|cfi)(?:\.\d+)*/g, '')
      // GCC up to 10 numbers local symbols alone.
      .replace(/(?<=\w)\.\d+$/, '')
      // Clang’s ThinLTO keeps local functions of the same name apart by a hash.
      .replace(/\$[0-9a-f]{8,}$/, '')
      // Hashes that rustc adds to names, of a crate or a function.
      .replace(/Cs[0-9A-Za-z]+_(?=\d)/g, 'C')
      .replace(/17h[0-9a-f]{16}E/g, 'E')
      // include/linux/alloc_tag.h: allocators are wrapped since 6.10.
      .replace(/_noprof$/, '')
      // The naming of system call functions has changed three times, and differs for each machine.
      .replace(
        /^(?:__(?:se_|ia32_|x64_|x32_)?compat_sys|compat_SyS|C_SYSC|__do_compat_sys)_/,
        'compat_sys_',
      )
      .replace(/^__(?:arm64|riscv|s390x?|loongarch|powerpc)_compat_sys_/, 'compat_sys_')
      .replace(/^__(?:x64|ia32|x32|se|do|arm64|riscv|s390x?|loongarch|powerpc)_sys_/, 'sys_')
      .replace(/^(?:SyS|SYSC|__sys|ksys)_/, 'sys_')
  );
}
