/* lead: a record. */
#include "lib/rules/condition.h"
#include "src/route/route.h"
#include "src/team/team.h"
