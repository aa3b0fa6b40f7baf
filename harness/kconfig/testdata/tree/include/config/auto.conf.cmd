autoconfig := include/config/auto.conf

deps_config := \
	Kconfig \
	init/macros \
	arch/x86/Kconfig \
	init/Kconfig \
	drivers/Kconfig \

$(autoconfig): $(deps_config)
$(deps_config): ;

ifneq "$(ARCH)" "x86"
$(autoconfig): FORCE
endif

ifneq "$(KERNELVERSION)" "6.12.0"
$(autoconfig): FORCE
endif

ifneq "$(SRCARCH)" "x86"
$(autoconfig): FORCE
endif

ifneq "$(CC)" "gcc"
$(autoconfig): FORCE
endif
