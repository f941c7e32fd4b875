/* SPDX-License-Identifier: Apache-2.0 */
/* tar: one tar of a root file system is an image of one layer without configuration. */
#include "image/image_int.h"

int pl_tarfs_open(struct pl_open *o, struct pl_err *err)
{
	struct pl_image img = {.name = o->file};
	const struct pl_member *passed = pl_members_find(&o->members, PL_STR(""));
	struct pl_layer *l;

	(void)err;
	pl_vec_in_arena(&img.layers, o->arena, 1);
	l = &img.layers.at[0];
	l->fd = o->fd;
	l->size = o->file_size;
	if (passed && passed->kind == PL_MEMBER_PASSED) {
		l->fd = -1;
		l->streamed = true;
		l->size = passed->size;
		l->offset = o->source->priv->members.len;
		pl_vec_push(&o->source->priv->members, PL_STR(""));
	}
	pl_vec_push(&o->images, img);
	return 0;
}
