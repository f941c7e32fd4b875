/* SPDX-License-Identifier: Apache-2.0 */
/* Layers to one inventory: what is in the image, who brought it, who took it away, who owns it. */
#include "facts_make.h"

/*
 * A layer is lines of a letter and words, as a layer would be made:
 *	f PATH, d PATH, s PATH TARGET, h PATH TARGET	an entry: file, directory, links
 *	p TYPE NAME VERSION	a package whose evidence is the entry above
 *	n TYPE NAME VERSION	a package by the note of an executable
 *	k TYPE NAME VERSION KEY	the same, with the name by which others add to it
 *	a TYPE KEY VERSION WHERE	what adds to it: for development, and a version
 *	c TYPE NAME VERSION	a package that a bill of materials claims
 *	o KEY PATH		a row of a file list in the entry above
 *	r ID RANK VERSION	an os-release in the entry above
 *	t TEXT			the content of the entry above
 *	q TYPE NAME VERSION	as p, but the entry was recognised by its content only
 *	! WEIGHT CODE		a diagnostic of the entry above
 *	R ROOT			what follows is of rows below this root, "/" is the image's
 * "-" is the next layer, "x" one that was lost.
 * What is expected: "NAME VERSION layer N", then " gone N", " hidden N", " owner NAME" and " dev"
 * where they are.
 */
struct story {
	const char *name, *layers;
	const char *image; /* packages in the image */
	const char *all;   /* with all_layers; NULL: the same */
	const char *os;	   /* id, evidence and version, where there is one */
	const char *diag;  /* codes of diagnostics of weight or warnings, in order; NULL: none */
};

#define STATUS	   "f var/lib/dpkg/status\n"
#define LIST(name) "f var/lib/dpkg/info/" name ".list\no " name
#define APK	   "f lib/apk/db/installed\n"
/* two packages with their lists and files */
#define TWO \
	STATUS "p deb a 1\np deb b 1\n" LIST("a") " /usr/bin/a\no a /usr/share/doc/a/x\n" LIST( \
		"b") " /usr/bin/b\nf usr/bin/a\nf usr/bin/b\nf usr/share/doc/a/x\n"

static const struct story stories[] = {
	{"one database", STATUS "p deb b 2\np deb a 1\n", "a 1 layer 0\nb 2 layer 0\n", NULL, NULL},
	{"a database written anew keeps who brought each",
	 STATUS "p deb a 1\np deb b 1\n-\n" STATUS "p deb a 1\np deb b 2\np deb c 1\n-\n" STATUS
		"p deb a 1\np deb b 2\np deb c 1\n",
	 "a 1 layer 0\nb 2 layer 1\nc 1 layer 1\n",
	 "a 1 layer 0\nb 1 layer 0 gone 1\nb 2 layer 1\nc 1 layer 1\n", NULL},
	{"removed by a newer database", STATUS "p deb a 1\np deb b 1\n-\n" STATUS "p deb b 1\n",
	 "b 1 layer 0\n", "a 1 layer 0 gone 1\nb 1 layer 0\n", NULL},
	{"removed and installed again", STATUS "p deb a 1\n-\n" STATUS "-\n" STATUS "p deb a 1\n",
	 "a 1 layer 2\n", "a 1 layer 0 gone 1\na 1 layer 2\n", NULL},
	{"gone by a whiteout and installed again",
	 STATUS "p deb a 1\n-\nf var/lib/.wh.dpkg\n-\n" STATUS "p deb a 1\n", "a 1 layer 2\n",
	 "a 1 layer 0 gone 1\na 1 layer 2\n", NULL},
	{"whiteout of the file", "f app/x.jar\np maven x 1\n-\nd etc\n-\nf app/.wh.x.jar\n", "",
	 "x 1 layer 0 gone 2\n", NULL},
	{"whiteout of a directory above",
	 "f opt/app/lib/x.jar\np maven x 1\n-\nf .wh.opt\n-\nd b\n", "", "x 1 layer 0 gone 1\n",
	 NULL},
	{"whiteout of another name", "f opt/x.jar\np maven x 1\n-\nf opt/.wh.x.ja\nf .wh.op\n",
	 "x 1 layer 0\n", NULL, NULL},
	{"opaque directory", "f opt/app/x.jar\np maven x 1\n-\nd opt\nf opt/.wh..wh..opq\n", "",
	 "x 1 layer 0 gone 1\n", NULL},
	{"opaque directory, and the file again in the same layer",
	 "f opt/x.jar\np maven x 1\n-\nf opt/x.jar\np maven x 1\nf opt/.wh..wh..opq\n",
	 "x 1 layer 0\n", NULL, NULL},
	{"the file became a directory", "f opt/x\np golang x 1\n-\nd opt/x\n", "",
	 "x 1 layer 0 gone 1\n", NULL},
	{"the file became a directory that has no entry", "f opt/x\np golang x 1\n-\nf opt/x/y\n",
	 "", "x 1 layer 0 gone 1\n", NULL},
	{"the directory became a file", "f opt/x/y\np golang x 1\n-\nf opt/x\n", "",
	 "x 1 layer 0 gone 1\n", NULL},
	{"a directory over a directory takes nothing away", "f opt/x\np golang x 1\n-\nd opt\n",
	 "x 1 layer 0\n", NULL, NULL},
	{"the first of two layers that take it away",
	 "f a/b\np golang x 1\n-\nf .wh.a\n-\nf a/b\n-\nf .wh.a\n", "", "x 1 layer 0 gone 1\n",
	 NULL},
	{"twice in one archive", "f a\np golang x 1\nf a\np golang x 2\n-\nd b\n", "x 2 layer 0\n",
	 "x 1 layer 0 gone 0\nx 2 layer 0\n", NULL},
	{"a lost layer between", STATUS "p deb a 1\n-\nx\n-\n" STATUS "p deb a 1\np deb b 1\n",
	 "a 1 layer 0\nb 1 layer 2\n", NULL, NULL},
	{"evidence by a hard link only", "f a/x.jar\np maven x 1\nh b/y.jar a/x.jar\n-\nf .wh.a\n",
	 "x 1 layer 0\n", NULL, NULL},
	{"a language package of a deb",
	 STATUS "p deb python3-six 1.16\nf var/lib/dpkg/info/python3-six.list\n"
		"o python3-six /usr/lib/python3/six.egg-info\n"
		"f usr/lib/python3/six.egg-info\np pypi six 1.16\n"
		"f usr/local/six.egg-info\np pypi six 1.17\n",
	 "python3-six 1.16 layer 0\nsix 1.16 layer 0 owner python3-six\nsix 1.17 layer 0\n", NULL,
	 NULL},
	{"an owner through merged /usr",
	 "s bin usr/bin\nd usr/bin\nf usr/bin/x\np golang x 1\n" STATUS "p deb xpkg 1\n"
	 "f var/lib/dpkg/info/xpkg.list\no xpkg /bin/x\n",
	 "xpkg 1 layer 0\nx 1 layer 0 owner xpkg\n", NULL, NULL},
	{"a list without its package owns nothing",
	 "f usr/bin/x\np golang x 1\nf var/lib/dpkg/info/xpkg.list\no xpkg /usr/bin/x\n",
	 "x 1 layer 0\n", NULL, NULL},
	{"a list that was removed owns nothing",
	 STATUS "p deb xpkg 1\nf usr/bin/x\np golang x 1\nf var/lib/dpkg/info/xpkg.list\n"
		"o xpkg /usr/bin/x\n-\nf var/lib/dpkg/info/.wh.xpkg.list\n",
	 "xpkg 1 layer 0\nx 1 layer 0\n", NULL, NULL},
	{"what adds to a package",
	 "f m/x/package.json\nk npm x 1 m/x\nk npm y 1 m/y\nf m/.lock\na npm m/x 2\n",
	 "x 1 layer 0 dev\ny 1 layer 0\n", NULL, NULL},
	{"what adds a version", "f m/x/package.json\nk gem x - m/x\nf m/.lock\na gem m/x 2\n",
	 "x 2 layer 0 dev\n", NULL, NULL},
	{"what adds to another type", "f m/x/p\nk npm x 1 m/x\nf m/.lock\na gem m/x 2\n",
	 "x 1 layer 0\n", NULL, NULL},
	{"what adds stands for a package whose own file is gone",
	 "f m/.lock\na npm m/x 2 m/x\na npm m/y 2 m/y\n-\nd m/x\n", "m/x 2 layer 0 dev\n", NULL,
	 NULL},
	{"what adds is gone", "f m/.lock\na npm m/x 2 m/x\nd m/x\n-\nf m/.wh..lock\n", "", NULL,
	 NULL},
	{"claims give way to evidence",
	 "f bom.json\nc npm x 1\nc npm x 2\nc pypi Zope_x 1\nf m/x/package.json\np npm x 1\n"
	 "f z/METADATA\np pypi zope.x 1\n",
	 "x 1 layer 0\nx 2 layer 0\nzope.x 1 layer 0\n", NULL, NULL},
	{"of a distribution's packages the database tells the version",
	 "f bom.json\nc deb a 1\nc deb b 1\n" STATUS "p deb a 2\n", "a 2 layer 0\nb 1 layer 0\n",
	 NULL, NULL},
	{"claims of a document that a package owns",
	 STATUS "p deb tool 1\nf var/lib/dpkg/info/tool.list\no tool /usr/share/tool.cdx.json\n"
		"f usr/share/tool.cdx.json\nc npm x 1\nc deb tool 9\n-\nf usr/bin/x\n"
		"p golang y 1\n",
	 "tool 1 layer 0\ny 1 layer 1\n", NULL, NULL},
	{"a claim owns nothing",
	 "f bom.json\nc deb tool 1\nf var/lib/dpkg/info/tool.list\no tool /a.jar\n"
	 "f a.jar\np maven x 1\n",
	 "tool 1 layer 0\nx 1 layer 0\n", NULL, NULL},
	{"os-release through a link",
	 "s etc/os-release ../usr/lib/os-release\n"
	 "f usr/lib/os-release\nr debian 2\nf etc/lsb-release\nr ubuntu 9\n",
	 "", NULL, "debian usr/lib/os-release"},
	{"os-release below a linked directory",
	 "s lib usr/lib\nd usr/lib\nf lib/os-release\nr alpine 2\n", "", NULL,
	 "alpine usr/lib/os-release"},
	{"os-release of the upper layer",
	 "f etc/os-release\nr debian 1\n-\nf etc/os-release\nr wolfi 1\n", "", NULL,
	 "wolfi etc/os-release"},
	{"hidden: the database deleted", TWO "-\nf var/lib/dpkg/.wh.status\n",
	 "a 1 layer 0 hidden 1\nb 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden"},
	{"hidden: all of its directory deleted", TWO "-\nd etc\n-\nf var/lib/.wh.dpkg\n",
	 "a 1 layer 0 hidden 2\nb 1 layer 0 hidden 2\n", NULL, NULL, "database-hidden"},
	{"hidden: an opaque directory", TWO "-\nf var/lib/dpkg/.wh..wh..opq\n",
	 "a 1 layer 0 hidden 1\nb 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden"},
	{"hidden: the database emptied", TWO "-\n" STATUS,
	 "a 1 layer 0 hidden 1\nb 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden"},
	{"hidden: a link in its place", TWO "-\ns var/lib/dpkg/status /dev/null\n",
	 "a 1 layer 0 hidden 1\nb 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden"},
	{"hidden: one stanza cut out, and its list too",
	 TWO "-\n" STATUS "p deb b 1\nf var/lib/dpkg/info/.wh.a.list\n",
	 "a 1 layer 0 hidden 1\nb 1 layer 0\n", NULL, NULL, "database-hidden"},
	{"hidden: the version edited", TWO "-\n" STATUS "p deb a 9\np deb b 1\n",
	 "a 1 layer 0 hidden 1\na 9 layer 1\nb 1 layer 0\n", NULL, NULL, "database-hidden"},
	{"hidden: the name edited, the files with it",
	 APK "p apk a 1\no a usr/bin/a\nf usr/bin/a\n-\n" APK "p apk z 1\no z usr/bin/a\n",
	 "a 1 layer 0 hidden 1\nz 1 layer 1\n", NULL, NULL, "database-hidden"},
	{"hidden with the language packages that it owns",
	 TWO "f usr/lib/x.egg-info\np pypi x 1\n" LIST("b") " /usr/lib/x.egg-info\n-\n" STATUS
							    "p deb a 1\n",
	 "a 1 layer 0\nb 1 layer 0 hidden 1\nx 1 layer 0 owner b\n", NULL, NULL, "database-hidden"},
	{"hidden, and installed again later",
	 TWO "-\n" STATUS "p deb b 1\n-\n" STATUS "p deb a 1\np deb b 1\n",
	 "a 1 layer 2\nb 1 layer 0\n", "a 1 layer 0 gone 1\na 1 layer 2\nb 1 layer 0\n", NULL,
	 NULL},
	{"hidden: a package without files goes with its database",
	 TWO "-\nd etc\n-\n" STATUS "p deb a 1\np deb b 1\np deb meta 1\n" LIST(
		 "meta") " /usr/share/doc/meta/x\nf usr/share/doc/meta/x\n-\nf .wh.var\n",
	 "a 1 layer 0 hidden 3\nb 1 layer 0 hidden 3\nmeta 1 layer 2 hidden 3\n", NULL, NULL,
	 "database-hidden"},
	{"removed: its files are gone, an account of it stays",
	 TWO LIST("a") " /etc/a.conf\nf etc/a.conf\n-\n" STATUS
		       "p deb b 1\nf usr/bin/.wh.a\nf var/lib/dpkg/info/.wh.a.list\n",
	 "b 1 layer 0\n", "a 1 layer 0 gone 1\nb 1 layer 0\n", NULL, NULL},
	{"removed: a file that another package has too stays",
	 TWO LIST("b") " /usr/bin/a\n-\n" STATUS "p deb b 1\n", "b 1 layer 0\n",
	 "a 1 layer 0 gone 1\nb 1 layer 0\n", NULL, NULL},
	{"upgraded: its files are new",
	 TWO "-\n" STATUS "p deb a 2\np deb b 1\nf usr/bin/a\nf usr/share/doc/a/x\n",
	 "a 2 layer 1\nb 1 layer 0\n", "a 1 layer 0 gone 1\na 2 layer 1\nb 1 layer 0\n", NULL,
	 NULL},
	{"removed, and another program is at its path",
	 TWO "-\n" STATUS "p deb b 1\nf usr/bin/.wh.a\n-\nf usr/bin/a\n", "b 1 layer 0\n",
	 "a 1 layer 0 gone 1\nb 1 layer 0\n", NULL, NULL},
	{"moved: the database under another name",
	 TWO "-\nf var/lib/dpkg/.wh.status\nf opt/x\nq deb a 1\nq deb b 1\n",
	 "a 1 layer 0\nb 1 layer 0\n", NULL, NULL, "database-moved"},
	{"moved: without some of its packages",
	 TWO "-\nf var/lib/dpkg/.wh.status\nf opt/x\nq deb a 1\n",
	 "a 1 layer 0\nb 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden database-moved"},
	{"not moved: a hard link to it stands where it should",
	 "f a/x\nq deb a 1\nh var/lib/dpkg/status a/x\n", "a 1 layer 0\n", NULL, NULL, NULL},
	{"a backup of the database is no database",
	 TWO "f var/lib/dpkg/status-old\nq deb a 1\nq deb old 1\n", "a 1 layer 0\nb 1 layer 0\n",
	 NULL, NULL, NULL},
	{"a backup that has what the database was robbed of",
	 "f var/lib/dpkg/status-old\nq deb a 1\nq deb b 1\nf var/lib/dpkg/status\np deb b 1\n" LIST(
		 "a") " /usr/bin/a\nf usr/bin/a\n",
	 "a 1 layer 0 hidden 0\nb 1 layer 0\n", NULL, NULL, "database-hidden"},
	{"a nested root: its packages and lists are its own",
	 STATUS "p deb a 1\nR opt/r\nf opt/r/var/lib/dpkg/status\np deb a 2\n"
		"f opt/r/var/lib/dpkg/info/a.list\no a /usr/x.jar\nf opt/r/usr/x.jar\nR /\n"
		"p maven x 1\nf usr/x.jar\np maven y 1\n",
	 "a 1 layer 0\na 2 layer 0\nx 1 layer 0 owner a\ny 1 layer 0\n", NULL, NULL, NULL},
	{"a nested root that was removed",
	 "R opt/r\nf opt/r/var/lib/dpkg/status\np deb a 2\n-\nf opt/.wh.r\n", "",
	 "a 2 layer 0 gone 1\n", NULL, NULL},
	{"hidden: package.json of a module",
	 "f app/node_modules/x/package.json\np npm x 1\nf app/node_modules/x/index.js\n-\n"
	 "f app/node_modules/x/.wh.package.json\n",
	 "x 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden"},
	{"hidden: the version of a module edited",
	 "f n/node_modules/x/package.json\np npm x 1\nf n/node_modules/x/i.js\n-\n"
	 "f n/node_modules/x/package.json\np npm x 9\n",
	 "x 1 layer 0 hidden 1\nx 9 layer 1\n", NULL, NULL, "database-hidden"},
	{"a module upgraded, one removed, one below another",
	 "f n/node_modules/x/package.json\np npm x 1\nf n/node_modules/x/i.js\n"
	 "f n/node_modules/y/package.json\np npm y 1\nf n/node_modules/y/i.js\n"
	 "f n/node_modules/z/package.json\np npm z 1\nf n/node_modules/z/i.js\n"
	 "f n/node_modules/z/node_modules/w/package.json\np npm w 1\n"
	 "f n/node_modules/z/node_modules/w/i.js\n-\n"
	 "f n/node_modules/x/package.json\np npm x 2\nf n/node_modules/x/i.js\n"
	 "f n/node_modules/.wh.y\n"
	 "f n/node_modules/z/.wh.package.json\nf n/node_modules/z/.wh.i.js\n",
	 "w 1 layer 0\nx 2 layer 1\n",
	 "w 1 layer 0\nx 1 layer 0 gone 1\nx 2 layer 1\ny 1 layer 0 gone 1\nz 1 layer 0 gone 1\n",
	 NULL, NULL},
	{"hidden: metadata of a Python distribution",
	 "f v/site-packages/Foo_Bar-1.dist-info/METADATA\np pypi Foo-Bar 1\n"
	 "f v/site-packages/foo_bar/__init__.py\n-\n"
	 "f v/site-packages/.wh.Foo_Bar-1.dist-info\n",
	 "Foo-Bar 1 layer 0 hidden 1\n", NULL, NULL, "database-hidden"},
	{"a release that repositories decide",
	 "f etc/os-release\nr alpine 0 3.19.1\nf etc/apk/repositories\nr alpine 1000 edge\n", "",
	 NULL, "alpine etc/os-release edge"},
	{"a release that another file knows",
	 "f etc/os-release\nr debian 0\nf etc/debian_version\nr debian 15 12\n", "", NULL,
	 "debian etc/os-release 12"},
	{"a release of another distribution",
	 "f etc/os-release\nr ubuntu 0\nf etc/debian_version\nr debian 15 12\n", "", NULL,
	 "ubuntu etc/os-release"},
	{"no distribution by what only overrides", "f etc/apk/repositories\nr alpine 1000 edge\n",
	 "", NULL, ""},
	{"a directory with all that is in it",
	 "d s/x-hello\nf db\nk nix hello 1 x-hello\no x-hello s/x-hello/\nf s/x-hello/bin/h\n"
	 "p generic h 1\nf s/x-hello2/h\np generic i 1\n",
	 "hello 1 layer 0\nh 1 layer 0 owner hello\ni 1 layer 0\n", NULL, NULL},
	{"the note of a program that a package owns",
	 "f db\np deb tools 1\no tools bin/ls\nf bin/ls\nn deb tools-source 1\n",
	 "tools 1 layer 0\n", NULL, NULL},
	{"the note of a program that none owns",
	 "f db\np deb other 1\no other bin/x\nf bin/ls\nn deb tools-source 1\n",
	 "other 1 layer 0\ntools-source 1 layer 0\n", NULL, NULL},
	{"a store with its database",
	 "f db\nk nix hello 1 x-hello\nd s/x-hello\na nix x-hello 1 s/x-hello\n",
	 "hello 1 layer 0 dev\n", NULL, NULL},
	{"a store without its database", "d s/x-hello\na nix x-hello 1 s/x-hello\n",
	 "x-hello 1 layer 0 dev\n", NULL, NULL},
	{"another os-release, and no package of it",
	 "f etc/os-release\nr debian 0\n" TWO "-\nf etc/os-release\nr plain 0\n",
	 "a 1 layer 0\nb 1 layer 0\n", NULL, "debian etc/os-release", "system-replaced"},
	{"another os-release of the package that is upgraded",
	 "f etc/os-release\nr debian 0\n" TWO LIST(
		 "a") " /etc/os-release\n-\n" STATUS
		      "p deb a 2\np deb b 1\nf etc/os-release\nr plain 0\nf usr/bin/a\n"
		      "f usr/share/doc/a/x\n",
	 "a 2 layer 1\nb 1 layer 0\n", "a 1 layer 0 gone 1\na 2 layer 1\nb 1 layer 0\n",
	 "plain etc/os-release", NULL},
	{"a damaged file that a later layer wrote anew, one that it took away",
	 "f x.jar\n! f file\nf y.jar\n! w file\n-\nf x.jar\nf .wh.y.jar\n", "", NULL, NULL, NULL},
	{"a damaged file that stays", "f x.jar\n! f file\n-\nd y\n", "", NULL, NULL, "file"},
	{"a damaged database, and a whole one in its place",
	 STATUS "! f db\n-\n" STATUS "p deb a 1\n", "a 1 layer 1\n", NULL, NULL, NULL},
	{"a damaged database that is taken away", STATUS "! f db\n-\nf var/.wh.lib\n", "", NULL,
	 NULL, "db"},
	{"os-release that was removed", "f etc/os-release\nr debian 1\n-\nf etc/.wh.os-release\n",
	 "", NULL, "debian etc/os-release", "system-hidden"},
};

static void add_line(struct layer_make *l, char *line)
{
	char *word[6] = {0}, *save = NULL;
	enum pl_pkg_type type = PL_PKG_GENERIC;
	size_t n = 0;

	for (char *w = strtok_r(line, " ", &save); w && n < 6; w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	switch (*word[0]) {
	case 'f':
		make_entry(l, PL_FT_FILE, word[1], "");
		break;
	case 'd':
		make_entry(l, PL_FT_DIR, word[1], "");
		break;
	case 's':
		make_entry(l, PL_FT_SYMLINK, word[1], word[2]);
		break;
	case 'h':
		make_entry(l, PL_FT_HARDLINK, word[1], word[2]);
		break;
	case 'p':
		assert_true(pl_pkg_type_find(pl_str_c(word[1]), &type));
		make_package(l, type, word[2], word[3]);
		break;
	case 'k':
		assert_true(pl_pkg_type_find(pl_str_c(word[1]), &type));
		pl_fact_package(&l->w, &(struct pl_pkg_fact){
					       .type = type,
					       .name = pl_str_c(word[2]),
					       .version = pl_str_c(*word[3] == '-' ? "" : word[3]),
					       .key = pl_str_c(word[4])});
		break;
	case 'n':
		assert_true(pl_pkg_type_find(pl_str_c(word[1]), &type));
		pl_fact_package(&l->w, &(struct pl_pkg_fact){.type = type,
							     .name = pl_str_c(word[2]),
							     .version = pl_str_c(word[3]),
							     .evidence = PL_EV_BUILD_INFO});
		break;
	case 'a':
		assert_true(pl_pkg_type_find(pl_str_c(word[1]), &type));
		pl_fact_package(&l->w, &(struct pl_pkg_fact){.type = type,
							     .adds = true,
							     .dev = true,
							     .name = pl_str_c(word[2]),
							     .key = pl_str_c(word[2]),
							     .version = pl_str_c(word[3]),
							     .where = pl_str_c(word[4])});
		break;
	case 'q':
		l->w.sniffed = true;
		assert_true(pl_pkg_type_find(pl_str_c(word[1]), &type));
		make_package(l, type, word[2], word[3]);
		l->w.sniffed = false;
		break;
	case '!':
		pl_fact_diag(&l->w, *word[1] == 'f' ? PL_W_FAILED : PL_W_WARN,
			     strcmp(word[2], "db") == 0 ? "db" : "file", "test");
		break;
	case 'R':
		/* the line lives until its layer is made */
		l->w.root = *word[1] == '/' ? PL_STR("") : pl_str_c(word[1]);
		break;
	case 'c':
		assert_true(pl_pkg_type_find(pl_str_c(word[1]), &type));
		pl_fact_package(&l->w, &(struct pl_pkg_fact){.type = type,
							     .name = pl_str_c(word[2]),
							     .version = pl_str_c(word[3]),
							     .evidence = PL_EV_SBOM});
		break;
	case 'o':
		pl_fact_owns(&l->w, pl_str_c(word[1]), pl_str_c(word[2]));
		break;
	case 'r':
		pl_fact_os(
			&l->w,
			&(struct pl_os){.id = pl_str_c(word[1]), .version_id = pl_str_c(word[3])},
			(unsigned)atoi(word[2]));
		break;
	case 't':
		pl_facts_text(&l->w, pl_str_c(word[1]));
		break;
	default:
		fail_msg("%s", line);
	}
}

struct stack {
	struct layer_make made[8];
	struct pl_facts facts[8];
	const struct pl_facts *layers[8];
	size_t n;
	struct pl_arena arena;
	struct pl_scanned s;
};

static void read_layer(struct stack *st, const char *text, size_t len)
{
	struct layer_make *l = &st->made[st->n];
	char *copy = pl_xstrdup(pl_str_n(text, len)), *save = NULL;
	bool lost = len && *copy == 'x';

	make_begin(l);
	for (char *line = strtok_r(copy, "\n", &save); line && !lost;
	     line = strtok_r(NULL, "\n", &save))
		add_line(l, line);
	assert_int_equal(pl_facts_read(make_end(l, NULL), &st->facts[st->n], NULL), 0);
	st->layers[st->n] = lost ? NULL : &st->facts[st->n];
	st->n++;
	free(copy);
}

static void merge(struct stack *st, const char *text, bool all)
{
	const char *end;

	*st = (struct stack){0};
	for (; (end = strstr(text, "-\n")) && (end == text || end[-1] == '\n'); text = end + 2)
		read_layer(st, text, (size_t)(end - text));
	read_layer(st, text, strlen(text));
	pl_arena_init(&st->arena);
	pl_diags_init(&st->s.diags, &st->arena);
	st->s.inv.arena = &st->arena;
	pl_facts_merge(st->layers, st->n, all, &st->s.inv, &st->s.diags);
}

static void release(struct stack *st)
{
	pl_scanned_release(&st->s, 1);
	for (size_t i = 0; i < st->n; i++) {
		pl_facts_release(&st->facts[i]);
		pl_buf_release(&st->made[i].bytes);
	}
	pl_arena_release(&st->arena);
}

static void tell(const struct pl_inventory *inv, struct pl_buf *b)
{
	pl_buf_init(b, PL_MiB(1));
	pl_buf_c(b, "");
	for (size_t i = 0; i < inv->packages.len; i++) {
		const struct pl_pkg *p = &inv->packages.at[i];

		pl_buf_fmt(b, "%.*s %.*s layer %u", PL_FMT(p->name), PL_FMT(p->version), p->layer);
		if (p->removed_in != UINT32_MAX)
			pl_buf_fmt(b, " gone %u", p->removed_in);
		if (p->hidden_in != UINT32_MAX)
			pl_buf_fmt(b, " hidden %u", p->hidden_in);
		if (p->owner != PL_NO_PKG)
			pl_buf_fmt(b, " owner %.*s", PL_FMT(inv->packages.at[p->owner].name));
		pl_buf_c(b, p->dev ? " dev\n" : "\n");
	}
}

static bool told(const struct story *s, bool all)
{
	const char *want = all && s->all ? s->all : s->image;
	struct stack st;
	struct pl_buf b, os, codes;
	bool ok;

	merge(&st, s->layers, all);
	tell(&st.s.inv, &b);
	pl_buf_init(&os, 4096);
	pl_buf_c(&os, "");
	if (st.s.inv.os.found)
		pl_buf_fmt(&os, "%.*s %.*s%s%.*s", PL_FMT(st.s.inv.os.id),
			   PL_FMT(st.s.inv.os.evidence), st.s.inv.os.version_id.len ? " " : "",
			   PL_FMT(st.s.inv.os.version_id));
	pl_diags_sort(&st.s.diags);
	pl_buf_init(&codes, 4096);
	pl_buf_c(&codes, "");
	for (size_t i = 0; i < st.s.diags.rows.len; i++)
		if (st.s.diags.rows.at[i].weight >= PL_W_WARN)
			pl_buf_fmt(&codes, "%s%.*s", codes.len ? " " : "",
				   PL_FMT(st.s.diags.rows.at[i].code));
	ok = pl_str_eq_c(pl_buf_view(&codes), s->diag ? s->diag : "") &&
	     pl_str_eq_c(pl_buf_view(&b), want) && (!s->os || pl_str_eq_c(pl_buf_view(&os), s->os));
	if (!ok)
		print_error("%s (%s):\n%s%s %s\ninstead of\n%s%s %s\n", s->name,
			    all ? "all" : "image", b.ptr, os.ptr, codes.ptr, want,
			    s->os ? s->os : "", s->diag ? s->diag : "");
	pl_buf_release(&codes);
	pl_buf_release(&b);
	pl_buf_release(&os);
	release(&st);
	return ok;
}

static void test_stories(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++)
		wrong += (size_t)!told(&stories[i], false) + (size_t)!told(&stories[i], true);
	assert_int_equal(wrong, 0);
}

static const struct pl_file *file_at(const struct pl_inventory *inv, const char *path)
{
	for (size_t i = 0; i < inv->files.len; i++)
		if (pl_str_eq_c(inv->files.at[i].path, path))
			return &inv->files.at[i];
	return NULL;
}

static void test_files_have_owners(void **state)
{
	struct stack st;
	const struct pl_file *f;

	(void)state;
	merge(&st,
	      "s bin usr/bin\nd usr/bin\nf usr/bin/x\nf usr/bin/y\n" STATUS "p deb xpkg 1\n"
	      "f var/lib/dpkg/info/xpkg.list\no xpkg /bin/x\n",
	      false);
	f = file_at(&st.s.inv, "usr/bin/x");
	assert_non_null(f);
	assert_str(st.s.inv.packages.at[f->owner].name, "xpkg");
	f = file_at(&st.s.inv, "usr/bin/y");
	assert_non_null(f);
	assert_int_equal(f->owner, PL_NO_PKG);
	assert_null(file_at(&st.s.inv, "var/lib/dpkg/status"));
	release(&st);
}

static void test_accounts_of_the_image(void **state)
{
	struct stack st;

	(void)state;
	merge(&st,
	      "f etc/passwd\nt old\nf etc/group\nt gone\n-\nf etc/passwd\nt new\nf etc/.wh.group\n",
	      false);
	assert_int_equal(st.s.inv.texts.len, 1);
	assert_str(st.s.inv.texts.at[0].path, "etc/passwd");
	assert_str(st.s.inv.texts.at[0].text, "new");
	assert_int_equal(st.s.inv.texts.at[0].layer, 1);
	release(&st);
}

static void test_evidence_path_is_that_of_the_image(void **state)
{
	struct stack st;
	const struct pl_pkg *p;

	(void)state;
	merge(&st, "f a/x.jar\np maven x 1\nh b/y.jar a/x.jar\n-\nf .wh.a\n", false);
	p = &st.s.inv.packages.at[0];
	assert_int_equal(p->locations.len, 1);
	assert_str(p->locations.at[0].path, "b/y.jar");
	release(&st);
}

/* 4000 versions of 4000 directories: work that grows with the square would be seen. */
static void test_many_removed(void **state)
{
	enum { MANY = 4000 };
	struct stack st = {0};
	char path[64];

	(void)state;
	make_begin(&st.made[0]);
	make_begin(&st.made[1]);
	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "d%d/x.jar", i);
		make_entry(&st.made[0], PL_FT_FILE, path, "");
		make_package(&st.made[0], PL_PKG_MAVEN, path, "1");
		snprintf(path, sizeof(path), ".wh.d%d", i);
		make_entry(&st.made[1], PL_FT_FILE, path, "");
	}
	for (st.n = 0; st.n < 2; st.n++) {
		assert_int_equal(
			pl_facts_read(make_end(&st.made[st.n], NULL), &st.facts[st.n], NULL), 0);
		st.layers[st.n] = &st.facts[st.n];
	}
	pl_arena_init(&st.arena);
	pl_diags_init(&st.s.diags, &st.arena);
	st.s.inv.arena = &st.arena;
	pl_facts_merge(st.layers, st.n, true, &st.s.inv, &st.s.diags);
	assert_int_equal(st.s.inv.packages.len, MANY);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(st.s.inv.packages.at[i].removed_in, 1);
	release(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_files_have_owners),
		cmocka_unit_test(test_accounts_of_the_image),
		cmocka_unit_test(test_evidence_path_is_that_of_the_image),
		cmocka_unit_test(test_many_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
