/* team: in a folder that does. */
