/* lead: in a folder that does not say what it is. */
