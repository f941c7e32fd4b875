/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * base: what every room stands on. Strings are views, buffers have a maximum, results live in
 * arenas, errors explain themselves, diagnostics are data, limits have names.
 */
#include "base/diag.h"
#include "base/err.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/str.h"
#include "base/toml.h"
#include "base/wire.h"
#include "base/xml.h"
#include "base/yaml.h"
