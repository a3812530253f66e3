/* db: stands on base alone. */
#include "lib/base/arena.h"
#include "lib/db/db.h"
#include "lib/jobs/work.h"
#include "src/lead/lead.h"
