/*
 * standard_company: a company's name as it is compared, so that "Acme, Inc.",
 * "ACME Ltd" and "acme" are one, and so are "주식회사 삼성전자" and
 * "삼성전자(주)". Never shown.
 */
#ifndef STANDARDISE_STANDARD_COMPANY_H
#define STANDARDISE_STANDARD_COMPANY_H

#include "lib/base/arena.h"

/* Letters and digits, folded, without the legal form at its ends. A name that
 * is nothing but legal forms keeps them. Empty when there is no letter. */
struct str standard_company_key(struct arena *, struct str given);

#endif
