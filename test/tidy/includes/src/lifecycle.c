/* lifecycle: knows them all. */
#include "src/notify/notify.h"
#include "src/route/route.h"
