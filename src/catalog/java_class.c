/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/java_class.h"

/* The first row whose class has this simple name. */
static size_t first_row(struct pl_str name)
{
	size_t low = 0, high = pl_java_class_table_len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (pl_str_cmp(pl_str_c(pl_java_class_table[mid].name), name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* "BOOT-INF/classes/org/yaml/snakeyaml/Yaml" and "x/shaded/org/yaml/snakeyaml/Yaml" are found, but
 * not "notorg/yaml/…". */
static bool is_class(struct pl_str path, struct pl_str row)
{
	return pl_str_ends(path, row) &&
	       (path.len == row.len || path.ptr[path.len - row.len - 1] == '/');
}

void pl_java_class_see(struct java_classes *c, struct pl_str path, struct pl_arena *arena)
{
	struct pl_str stem = pl_str_sub(path, 0, path.len - 6); /* .class */
	struct pl_str name = pl_path_base(stem);

	for (size_t i = first_row(name); i < pl_java_class_table_len && i < JAVA_CLASS_ROWS_MAX &&
					 pl_str_eq_c(name, pl_java_class_table[i].name);
	     i++) {
		if (c->at[i].len || !is_class(stem, pl_str_c(pl_java_class_table[i].path)))
			continue;
		c->at[i] = pl_arena_str(arena, path);
		c->any = true;
	}
}

bool pl_java_class_by_right(const struct java_class_row *row, struct pl_str artifact)
{
	struct pl_str others = pl_str_c(row->others), other;

	if (pl_str_istarts(artifact, pl_str_c(row->artifact)))
		return true;
	while (pl_str_split(&others, ' ', &other))
		if (other.len && pl_str_istarts(artifact, other))
			return true;
	return false;
}
