/* lead: */
int lead_count( void );
