/*
 * A PID 1 that dies as its last argument says: a kernel hands on what it does not know itself.
 * Built static and without optimisation.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void smash(void)
{
	char room[8];

	memset(room, 'x', 64);
}

int main(int count, char **words)
{
	const char *how = words[count - 1];
	void *block = malloc(64);

	if (strcmp(how, "assert") == 0)
		assert(count == 0);
	if (strcmp(how, "double-free") == 0) {
		free(block);
		free(block);
	}
	if (strcmp(how, "smash") == 0)
		smash();
	if (strcmp(how, "segfault") == 0)
		*(volatile int *)0 = 1;
	return 7;
}
