/* lifecycle: knows them all. */
#include "src/notify/notify.h"
#include "src/route/route.h"
#include "src/api/lead_api.h"
