/* modules: hangs everything together. */
#include "src/api/lead_api.h"
