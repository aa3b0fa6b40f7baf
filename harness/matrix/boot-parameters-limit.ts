/** COMMAND_LINE_SIZE of x86 (kernel arch/x86/include/asm/setup.h); the kernel drops the rest. */
const COMMAND_LINE_SIZE = 2048;
const FINAL_ZERO = 1;

/** The most that kmx and its machines add to a guest's command line. */
export const ADDED_BYTES_MAX = 128;

/** What is left for a config, including the spaces between its words. */
export const BOOT_PARAMETERS_BYTES_MAX = COMMAND_LINE_SIZE - FINAL_ZERO - ADDED_BYTES_MAX;
