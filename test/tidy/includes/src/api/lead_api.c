/* lead_api: a door. */
#include "src/api/lead_api.h"
#include "src/lifecycle.h"
#include "src/page/page.h"
