/* SPDX-License-Identifier: Apache-2.0 */
/* dir: a directory that is a root file system. The walker worker reads it (dirwalk.c). */
#include "image/image_int.h"

int pl_dir_open(struct pl_open *o, struct pl_err *err)
{
	struct pl_image img = {.name = o->file};

	(void)err;
	pl_vec_in_arena(&img.layers, o->arena, 1);
	img.layers.at[0].fd = -1;
	img.layers.at[0].size = UINT64_MAX;
	img.layers.at[0].dir = o->file;
	pl_vec_push(&o->images, img);
	return 0;
}
