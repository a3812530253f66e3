#include "src/lead/lead.h"
