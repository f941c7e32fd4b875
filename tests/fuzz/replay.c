/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds every file of the corpus directories to the target, whole and cut at half: what fuzzing
 * found once stays found in every ordinary test run. */
#include <dirent.h>
#include <stdio.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_dir(const char *dir, unsigned *count)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	if (n < 0) {
		perror(dir);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		pl_auto_free char *path = NULL;
		pl_auto_buf b;

		pl_buf_init(&b, PL_MiB(64));
		if (names[i]->d_name[0] != '.' &&
		    asprintf(&path, "%s/%s", dir, names[i]->d_name) > 0 &&
		    pl_read_path(path, &b, NULL) == 0) {
			/* exact-size copies, so that a sanitizer sees every overrun */
			for (size_t len = b.len;; len /= 2) {
				uint8_t *copy = pl_xmalloc(len);

				if (len)
					memcpy(copy, b.ptr, len);
				LLVMFuzzerTestOneInput(copy, len);
				free(copy);
				if (len != b.len)
					break;
			}
			(*count)++;
		}
		free(names[i]);
	}
	free(names);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned count = 0;
	int rc = argc < 2;

	for (int i = 1; i < argc; i++)
		rc |= replay_dir(argv[i], &count);
	printf("%u passed, %d failed\n", count, rc || count == 0);
	return rc || count == 0;
}
