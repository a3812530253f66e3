/* lifecycle: knows them all. */
#include "src/api/lead_api.h"
#include "src/notify/notify.h"
#include "src/route/route.h"
