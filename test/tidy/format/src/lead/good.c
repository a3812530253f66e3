/* good: */
int good_count(void);
