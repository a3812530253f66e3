/*
 * problem: problems that only the server itself has. Those of handlers are
 * http_problem in server.h.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "lib/http/server.h"

/* 431: it has no error kind, because no handler ever says it. */
void problem_headers_too_large(struct arena *, struct response *);

#endif
