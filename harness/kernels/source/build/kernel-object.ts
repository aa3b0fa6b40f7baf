/** What is built in these runs on the host, while the kernel is built. What lies at the top is linked from all objects. */
const OBJECT = /^(?!scripts\/|tools\/)[^\s/]+\/\S+\.o$/;

/** Whether a file that make makes is an object of the kernel: `kernel/fork.o`. Archives of objects take no time, and are none. */
export function isKernelObject(path: string): boolean {
  return OBJECT.test(path);
}
