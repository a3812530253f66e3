/* lead: strcpy(a, b) in a comment is harmless. */
static const char text[] = "atoi(x)";

static void
copy(char *to, const char *from)
{
    strcpy(to, from);
    to[0] = (char)atoi(from);
    system (from);
    my_strcpy(to, from);
    table.system(from);
    table->popen(from);
    str_copy(localtime(0));
}
