/** COMMAND_LINE_SIZE of x86 (kernel arch/x86/include/asm/setup.h); the kernel drops what is beyond. */
const COMMAND_LINE_SIZE = 2048;
const FINAL_ZERO = 1;

/** What kmx and its machines put on every guest's command line takes no more than this. */
export const ADDED_BYTES_MAX = 128;

/** What is left for a config, with the spaces between its words. */
export const BOOT_PARAMETERS_BYTES_MAX = COMMAND_LINE_SIZE - FINAL_ZERO - ADDED_BYTES_MAX;
