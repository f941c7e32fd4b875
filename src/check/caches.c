/* SPDX-License-Identifier: Apache-2.0 */
/* What package managers keep for their next run, which in an image never comes. */
#include "check/check_int.h"

static const struct cache {
	const char *dir; /* pl_glob pattern of the directory */
	const char *mend;
} caches[] = {
	{"var/lib/apt/lists", "end the RUN with rm -rf /var/lib/apt/lists/*"},
	{"var/cache/apt", "end the RUN with apt-get clean"},
	{"var/cache/apk", "install with apk add --no-cache"},
	{"etc/apk/cache", "install with apk add --no-cache"},
	{"var/cache/yum", "end the RUN with yum clean all"},
	{"var/cache/dnf", "end the RUN with dnf clean all"},
	{"var/cache/libdnf5", "end the RUN with dnf clean all"},
	{"var/cache/zypp", "end the RUN with zypper clean --all"},
	{"var/cache/pacman", "end the RUN with pacman -Scc"},
	{"root/.npm", "end the RUN with npm cache clean --force, or mount a cache"},
	{"home/*/.npm", "end the RUN with npm cache clean --force, or mount a cache"},
	{"root/.cache/pip", "install with pip install --no-cache-dir"},
	{"home/*/.cache/pip", "install with pip install --no-cache-dir"},
	{"root/.cache/yarn", "end the RUN with yarn cache clean"},
	{"usr/local/share/.cache", "end the RUN with yarn cache clean"},
	{"root/.cache/go-build", "build in a stage of its own"},
	{"root/.cargo/registry", "build in a stage of its own"},
	{"root/.m2/repository", "build in a stage of its own"},
	{"root/.gradle/caches", "build in a stage of its own"},
};

/* True when path lies under a directory that the pattern names; *dir is that directory. */
static bool inside(const struct cache *c, struct pl_str path, struct pl_str *dir)
{
	struct pl_str pattern = pl_str_c(c->dir);
	unsigned slashes =
		1; /* the directory ends before the slash that comes after the pattern's */

	for (size_t i = 0; i < pattern.len; i++)
		slashes += pattern.ptr[i] == '/';
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] != '/' || --slashes)
			continue;
		*dir = pl_str_sub(path, 0, i);
		return pl_glob(pattern, *dir);
	}
	return false;
}

/* Lock files and empty markers stay behind in a clean cache, too. */
static bool counts(const struct pl_file *f)
{
	return f->type == PL_FT_FILE && f->size > 0 && !pl_str_eq_c(pl_path_base(f->path), "lock");
}

static struct pl_str size_text(struct pl_arena *a, uint64_t bytes)
{
	if (bytes >= PL_MiB(1))
		return pl_arena_fmt(a, "%llu.%llu MiB", (unsigned long long)(bytes >> 20),
				    (unsigned long long)((bytes & 0xfffff) * 10 >> 20));
	if (bytes >= PL_KiB(1))
		return pl_arena_fmt(a, "%llu KiB", (unsigned long long)(bytes >> 10));
	return pl_arena_fmt(a, "%llu bytes", (unsigned long long)bytes);
}

static void add(const struct pl_check *self, const struct cache *c, struct pl_str dir,
		uint64_t files, uint64_t bytes, uint32_t layer, struct pl_findings *out)
{
	struct pl_finding *row = pl_check_add(self, out);
	struct pl_str size = size_text(out->arena, bytes);

	row->path = pl_arena_str(out->arena, dir);
	row->layer = layer;
	row->why = pl_arena_fmt(out->arena, "/%.*s: %.*s in %llu file%s", PL_FMT(dir), PL_FMT(size),
				(unsigned long long)files, files == 1 ? "" : "s");
	row->remedy = pl_str_c(c->mend);
}

/* Files come sorted by path, so those of one directory follow each other. */
PL_CHECK_FN(pl_check_caches)
{
	(void)img;
	for (size_t k = 0; k < sizeof(caches) / sizeof(caches[0]); k++) {
		struct pl_str dir = {0}, at;
		uint64_t files = 0, bytes = 0;
		uint32_t layer = 0;

		for (size_t i = 0; i < inv->files.len; i++) {
			const struct pl_file *f = &inv->files.at[i];

			if (!counts(f) || !inside(&caches[k], f->path, &at))
				continue;
			if (files && !pl_str_eq(at, dir)) {
				add(self, &caches[k], dir, files, bytes, layer, out);
				files = bytes = layer = 0;
			}
			dir = at;
			files++;
			if (__builtin_add_overflow(bytes, f->size, &bytes))
				bytes = UINT64_MAX;
			layer = f->layer > layer ? f->layer : layer;
		}
		if (files)
			add(self, &caches[k], dir, files, bytes, layer, out);
	}
}
