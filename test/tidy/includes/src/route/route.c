/* route: a stage. */
#include "route.h"
#include "src/lead/lead.h"
#include "src/lifecycle.h"
#include "src/notify/notify.h"
#include "src/route/route.h"
#include "test/world.h"
/* #include "src/sla/sla.h" */
