/* good: says what it is for. */
