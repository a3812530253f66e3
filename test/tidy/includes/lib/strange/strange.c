/* strange: a folder nobody has placed. */
#include "lib/base/arena.h"
