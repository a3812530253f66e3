/* main: src itself needs none. */
