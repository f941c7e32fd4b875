/* SPDX-License-Identifier: Apache-2.0 */
/* Lines "TYPE PATH[ LINK]" as entries, "-" for the next layer; then every node is looked up. */
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int look(void *tree, const struct pl_node *n)
{
	char *path = pl_xstrdup(n->path);
	const struct pl_node *same = pl_tree_find(tree, pl_str_n(path, n->path.len), false);

	if (!same || same->type != n->type)
		abort();
	pl_tree_find(tree, n->link, true);
	free(path);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_str rest = pl_str_n(data, size), line, link;
	struct pl_tree *t = pl_tree_new();
	uint32_t layer = 0;
	char clean[4096];
	unsigned flags;

	while (pl_str_line(&rest, &line)) {
		struct pl_node n = {.origin = layer};

		if (pl_str_eq_c(line, "-"))
			pl_tree_layer(t, ++layer);
		if (line.len < 2 || line.len > sizeof(clean))
			continue;
		n.type = (enum pl_ftype)((unsigned char)line.ptr[0] % (PL_FT_OTHER + 1));
		line = pl_str_sub(line, 1, line.len);
		pl_str_split(&line, ' ', &link);
		n.path = pl_str_n(clean, pl_path_clean(link, clean, &flags));
		n.link = line;
		pl_tree_add(t, &n, NULL);
	}
	pl_tree_each(t, look, t);
	pl_tree_free(t);
	return 0;
}
