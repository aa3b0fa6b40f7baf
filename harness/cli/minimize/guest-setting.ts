/** What a guest is booted with, apart from its files. */
export interface GuestSetting {
  /** Without what its machine adds. */
  readonly bootParameters: readonly string[];
  readonly memoryMib: number;
  readonly cpus: number;
}
