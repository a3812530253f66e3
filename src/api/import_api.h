/* import_api: tables of leads, handed in over HTTP. */
#ifndef IMPORT_API_H
#define IMPORT_API_H

#include "src/module.h"

/* "import.undo": import_undo.c */
extern const struct job_kind import_undo_job;

extern const struct module import_module;

#endif
