/*
 * Automatically generated file; DO NOT EDIT.
 * Miniature/x86 6.12.0 Configuration
 */
#define CONFIG_EVENTFD 1
#define CONFIG_NR_CPUS 1
#define CONFIG_PHYSICAL_START 0x1000000
#define CONFIG_NR_CPUS_RANGE_END 1
#define CONFIG_PREEMPT_NONE 1
#define CONFIG_HZ_250 1
#define CONFIG_HZ 250
#define CONFIG_SYSFS 1
#define CONFIG_CC_HAS_RETURN_THUNK 1
#define CONFIG_NAMES "one two,three"
#define CONFIG_64BIT 1
