/* route_test: a test may use what serves tests. */
#include "src/route/route.h"
#include "test/world.h"
