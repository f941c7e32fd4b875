/* SPDX-License-Identifier: Apache-2.0
 *
 * Write an ndb rpm database with rpm's own rpmpkg.c, which rpms.py compiles beside this from the
 * distribution's source package. Standard input: header blobs, each after its length (32 bits,
 * host order). Every third one is put twice and its first copy deleted, which leaves holes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "rpmpkg.h"

static int put(rpmpkgdb db, unsigned char *blob, unsigned int len, unsigned int *number)
{
	return rpmpkgNextPkgIdx(db, number) || rpmpkgPut(db, *number, blob, len);
}

static int put_with_hole(rpmpkgdb db, unsigned char *blob, unsigned int len)
{
	unsigned int first;
	unsigned int second;

	return put(db, blob, len, &first) || put(db, blob, len, &second) || rpmpkgDel(db, first);
}

int main(int argc, char **argv)
{
	rpmpkgdb db;
	unsigned int len;
	unsigned int number;

	if (argc != 2 || rpmpkgOpen(&db, argv[1], O_RDWR | O_CREAT, 0644))
		return 1;
	rpmpkgSetFsync(db, 0);
	for (int i = 0; fread(&len, sizeof(len), 1, stdin) == 1; i++) {
		unsigned char *blob = malloc(len);

		if (!blob || fread(blob, 1, len, stdin) != len)
			return 1;
		if (i % 3 ? put(db, blob, len, &number) : put_with_hole(db, blob, len))
			return 1;
		free(blob);
	}
	rpmpkgClose(db);
	return 0;
}
