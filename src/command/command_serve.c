/*
 * command_serve: the server. Starts the threads in the order in which they
 * need each other, waits for a signal, and ends them in the reverse order
 * once what was begun is done.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/jobs/node.h"
#include "lib/time/zone.h"
#include "src/access/access.h"
#include "src/command/command.h"
#include "src/command/secret_key.h"
#include "src/export/export_store.h"
#include "src/import/import_store.h"
#include "src/instance.h"
#include "src/lead/lead.h"
#include "src/lifecycle_jobs.h"
#include "src/live_others.h"
#include "src/module.h"
#include "src/notify/webhook.h"
#include "src/operation/operation_errand.h"
#include "src/replay/replay_store.h"
#include "src/workspace/mailing.h"

enum {
    READERS = 4,
    WRITERS = 2,
    GROUP_MAX = 256,
    QUEUE_MAX = 8192,
    DRAIN_MS = 25000,
    ALLOWED_MAX = 32,
    PASSWORD_FILE_BYTES_MAX = 4096,
    CONNECTIONS_MAX = 1000000,
    IMPORT_FILE_MB_MAX = 1000, /* it is held in memory */
};

struct serving {
    struct instance instance;
    struct arena arena;
    struct command command;
    struct http_settings http; /* what the options say of it */
    struct live_others *others;
    struct db *lease; /* the connection that renews the node's number */
    struct node node;
};

static const struct command_option options[] = {
    { "listen", "ADDRESS:PORT", "where to listen (127.0.0.1:8080)",
      .environment = "BATON_LISTEN" },
    COMMAND_OPTION_DATABASE,
    { "origin", "HOST", "a name this server is reached by; may be repeated",
      .repeats = true },
    { "allow-address", "CIDR",
      "a private address that webhooks may reach; may be repeated",
      .repeats = true },
    { "mail-server", "URL",
      "smtp://host:587 or smtps://host; without it nobody is told by mail",
      .environment = "BATON_MAIL_SERVER" },
    { "mail-from", "ADDRESS",
      "whom mails are from: an address, or Name <address>",
      .environment = "BATON_MAIL_FROM" },
    { "mail-user", "NAME", "signs in to the mail server, over TLS only",
      .environment = "BATON_MAIL_USER" },
    { "mail-password-file", "FILE", "holds its password on the first line",
      .environment = "BATON_MAIL_PASSWORD_FILE" },
    COMMAND_OPTION_SECRET_KEY,
    { "base-url", "URL",
      "where people reach this server; begins the links in mails",
      .environment = "BATON_BASE_URL" },
    { "secure", NULL, "reached by https: cookies say so" },
    { "trusted-proxy", "CIDR",
      "a proxy that is believed when it says whose request it hands on; may be "
      "repeated",
      .repeats = true },
    { "proxy-header", "NAME",
      "the header in which it says so: X-Forwarded-For (the usual) or "
      "Forwarded",
      .environment = "BATON_PROXY_HEADER" },
    { "limit-callers", "RATE",
      "requests a minute of one key or session, or RATE:AT-ONCE (0: no limit)",
      .environment = "BATON_LIMIT_CALLERS" },
    { "limit-public", "RATE",
      "of one address, on what is open to anybody: webhooks in, forms that are "
      "shown (6000)",
      .environment = "BATON_LIMIT_PUBLIC" },
    { "limit-by-hand", "RATE",
      "of one address: forms that are sent, and signing in (60)",
      .environment = "BATON_LIMIT_BY_HAND" },
    { "limit-wrong-keys", "RATE",
      "of one address: keys and sessions that are none (60)",
      .environment = "BATON_LIMIT_WRONG_KEYS" },
    { "connections", "COUNT", "open at once (4096)",
      .environment = "BATON_CONNECTIONS" },
    { "client-connections", "COUNT", "open at once from one address (512)",
      .environment = "BATON_CLIENT_CONNECTIONS" },
    { "import-file", "MB",
      "the largest table that may be handed in to be imported, 1 to 1000 "
      "(100)",
      .environment = "BATON_IMPORT_FILE" },
    { "test-clock", "TIME",
      "the time stands still here until a test moves it" },
    { 0 },
};

/* What is long, and done in this process. */
static const struct operation_kind *const operations[INSTANCE_OPERATIONS] = {
    &import_operation,
    &replay_operation,
    &export_operation,
};

static bool
send_out(void *context, const struct outbox_message *message,
         void (*done)(void *context, const struct outbox_result *),
         void *done_context)
{
    struct instance *instance = context;

    for (int i = 0; i < INSTANCE_OPERATIONS; i++)
        if (errands_take(instance->operations[i], message))
            return errands_submit(instance->operations[i], message, done,
                                  done_context);
    return sender_submit(instance->sender, message, done, done_context);
}

static void
show_progress(const char *name, int done, int all)
{
    log_info("migrating", LOG_WORD("file", name), LOG_NUMBER("number", done),
             LOG_NUMBER("of", all));
}

/* Brings the schema up to date and takes a number for ids. */
/*
 * One server for a file: what one remembers, another would change behind its
 * back. Commands may work beside it. The descriptor stays open to the end of
 * the process, which ends the lock: closed before, it would take the locks of
 * SQLite along.
 */
static bool
serve_alone(const char *address, struct str *why)
{
    if (db_engine_of(address) != DB_SQLITE)
        return true;
    int file = open(address, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
        return true;
    *why = errno == EWOULDBLOCK
             ? STR("another server serves this file; stop that one, or give "
                   "this one a database of its own (several servers share one "
                   "of PostgreSQL)")
             : str_of(strerrordesc_np(errno));
    return false;
}

static bool
prepare_database(struct serving *s, const char *address, struct str *why)
{
    s->lease = db_open(&s->arena, address, false, why);
    return s->lease != NULL && serve_alone(address, why)
        && db_migrate(s->lease, &s->arena, db_migrations, show_progress, why)
        && node_take(s->lease, &s->arena, &s->node, why);
}

/* The clock takes tables that end; a module names its kinds one by one. */
static const struct job_kind *const *
job_kinds(struct arena *arena)
{
    const struct job_kind **tables;
    size_t count = 0;

    for (size_t i = 0; modules[i] != NULL; i++)
        for (size_t j = 0; modules[i]->jobs != NULL && modules[i]->jobs[j]; j++)
            count++;
    tables = ARENA_ARRAY(arena, const struct job_kind *, count + 1);
    count = 0;
    for (size_t i = 0; modules[i] != NULL; i++)
        for (size_t j = 0; modules[i]->jobs != NULL && modules[i]->jobs[j]; j++)
            tables[count++] = modules[i]->jobs[j];
    return tables;
}

static bool
start_work(struct serving *s, const char *address, struct str *why)
{
    struct instance *instance = &s->instance;
    const struct runner_settings runner = {
        .database = address,
        .readers = READERS,
        .writers = WRITERS,
        .group_max = GROUP_MAX,
        .queue_max = QUEUE_MAX,
        .node = s->node.number,
        .hooks = instance_hooks(instance),
    };
    const struct sender_settings sender = {
        .allow = command_values(&s->command, "allow-address"),
    };

    instance->sender = sender_start(&sender, &s->arena, why);
    if (instance->sender == NULL)
        return false;
    webhook_guard_set(sender_guard(instance->sender));
    instance->runner = runner_start(&runner, &s->arena, why);
    if (instance->runner == NULL)
        return false;
    for (int i = 0; i < INSTANCE_OPERATIONS; i++)
        instance->operations[i] =
            operation_start(instance->runner, operations[i]);
    instance->jobs = jobs_start(&(struct jobs_settings){
        .runner = instance->runner,
        .kinds = job_kinds(&s->arena),
        .send = send_out,
        .send_context = instance,
        .warm = lifecycle_warm,
    });
    s->others = live_others_start(instance, address, s->node.number);
    return true;
}

/* Of a key there is no limit: its owner is known, and can be asked. A person
 * at a form needs seconds for it, and sixty at once are a class room. */
static const struct {
    const char *option;
    const char *usual;
} limits[HTTP_LIMIT_COUNT] = {
    [HTTP_LIMIT_CALLER] = { "limit-callers", "0" },
    [HTTP_LIMIT_PUBLIC] = { "limit-public", "6000" },
    [HTTP_LIMIT_BY_HAND] = { "limit-by-hand", "60" },
    [HTTP_LIMIT_WRONG_KEY] = { "limit-wrong-keys", "60" },
};

static bool
read_count(struct serving *s, const char *option, int *count)
{
    const char *text = command_value(&s->command, option, "0");
    int64_t number;

    if (!str_to_int64(str_of(text), &number) || number < 0
        || number > CONNECTIONS_MAX)
        return command_misuse(&s->command, "--%s is a number up to %d", option,
                              CONNECTIONS_MAX);
    *count = (int)number;
    return true;
}

static bool
read_import_file(struct serving *s)
{
    const char *text = command_value(&s->command, "import-file", "100");
    int64_t megabytes;

    if (!str_to_int64(str_of(text), &megabytes) || megabytes < 1
        || megabytes > IMPORT_FILE_MB_MAX)
        return command_misuse(&s->command,
                              "--import-file is a number of megabytes from 1 "
                              "to %d",
                              IMPORT_FILE_MB_MAX);
    s->http.large_body_bytes_max = (size_t)megabytes * 1024 * 1024;
    return true;
}

static bool
read_http_settings(struct serving *s)
{
    struct http_settings *http = &s->http;

    http->listen = command_value(&s->command, "listen", "127.0.0.1:8080");
    if (!http_is_address(str_of(http->listen)))
        return command_misuse(&s->command,
                              "--listen %s is no address; write HOST:PORT, "
                              "like 127.0.0.1:8080",
                              http->listen);
    for (int i = 0; i < HTTP_LIMIT_COUNT; i++) {
        const char *text =
            command_value(&s->command, limits[i].option, limits[i].usual);
        if (!http_limit_parse(str_of(text), &http->limits[i]))
            return command_misuse(&s->command,
                                  "--%s is a number a minute up to a million, "
                                  "like 60, or 60:100 for 100 at once",
                                  limits[i].option);
    }
    http->trusted_proxies = command_values(&s->command, "trusted-proxy");
    http->proxy_header =
        command_value(&s->command, "proxy-header", "X-Forwarded-For");
    if (!str_equal_ascii_case(str_of(http->proxy_header), STR("Forwarded"))
        && !str_equal_ascii_case(str_of(http->proxy_header),
                                 STR("X-Forwarded-For")))
        return command_misuse(&s->command,
                              "--proxy-header is X-Forwarded-For or Forwarded");
    return read_count(s, "connections", &http->connections_max)
        && read_count(s, "client-connections", &http->client_connections_max)
        && read_import_file(s);
}

static bool
start_http(struct serving *s, struct str *why)
{
    struct instance *instance = &s->instance;
    struct http_settings settings = s->http; /* its limits */

    settings.runner = instance->runner;
    settings.tables = instance_tables(&s->arena);
    settings.origins = command_values(&s->command, "origin");
    settings.permission_names = permission_names;
    settings.recognise = access_recognise;
    settings.identify = access_identify;
    settings.replay = access_replay;
    settings.keep_answer = access_keep_answer;
    settings.live_permission = CAN_VIEW_WORKSPACE;
    settings.may_see = access_may_see_event;
    settings.missed = timeline_missed;
    settings.context = instance;

    access_start(&(struct access_settings){
        .runner = instance->runner,
        .secure = command_has(&s->command, "secure"),
        .version = instance->version,
    });
    struct http_server *http = http_start(&settings, &s->arena, why);
    atomic_store(&instance->http, http);
    return http != NULL;
}

/* What is not sealed is from before there was a key. What another key has
 * sealed keeps nobody from his leads: it is told, and where it is needed. */
static bool
look_at_secrets(struct serving *s)
{
    struct secret_look look = { .seal = true };

    if (!command_work(&s->command, s->instance.runner, UNIT_WRITES, secret_look,
                      &look))
        return false;
    if (look.count.plain > 0)
        log_info("secrets_sealed", LOG_NUMBER("count", look.count.plain));
    if (look.count.lost > 0)
        log_error("secrets_of_another_key",
                  LOG_NUMBER("count", look.count.lost));
    return true;
}

/* A core holds what is in memory: keys, and people. */
static void
forbid_cores(void)
{
    const struct rlimit none = { 0, 0 };

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        log_warning("cores_are_possible", LOG_NUMBER("errno", errno));
}

/* The first person who opens the link creates the first workspace. */
static bool
ask_any(struct work *w, void *context)
{
    return workspace_any(w, context);
}

static void
say_ready(struct serving *s)
{
    int port = http_port(atomic_load(&s->instance.http));
    bool any = true;

    if (mailing_hint() != NULL)
        log_info("mail_not_set", LOG_WORD("hint", mailing_hint()));
    printf("listening on http://127.0.0.1:%d\n", port);
    if (command_work(&s->command, s->instance.runner, UNIT_READS, ask_any, &any)
        && !any)
        printf("set up the first workspace: http://127.0.0.1:%d/setup?token="
               "%.*s\n",
               port, STR_ARG(access_setup_token()));
    fflush(stdout);
}

/* Until somebody ends us, or the node's number is lost. */
static void
wait_for_end(struct serving *s, const sigset_t *signals)
{
    const struct timespec pause = { .tv_sec = NODE_RENEW_MS / 1000 };

    for (;;) {
        if (sigtimedwait(signals, NULL, &pause) > 0)
            return;
        if (errno == EAGAIN && !node_renew(s->lease, &s->node)) {
            log_error("node_lost", LOG_NUMBER("number", s->node.number));
            return;
        }
    }
}

static void
end(struct serving *s)
{
    struct instance *instance = &s->instance;
    struct http_server *http = atomic_load(&instance->http);

    atomic_store(&instance->draining, true);
    if (http != NULL)
        http_drain(http, DRAIN_MS);
    live_others_stop(s->others);
    if (instance->jobs != NULL)
        jobs_stop(instance->jobs);
    for (int i = 0; i < INSTANCE_OPERATIONS; i++)
        errands_stop(instance->operations[i]);
    if (instance->sender != NULL)
        sender_stop(instance->sender);
    if (instance->runner != NULL)
        runner_stop(instance->runner);
    if (instance->jobs != NULL)
        jobs_free(instance->jobs);
    http_stop(http);
    access_stop();
    if (s->lease != NULL)
        node_release(s->lease, &s->node);
    db_close(s->lease);
}

static bool
set_test_clock(struct serving *s)
{
    const char *time = command_value(&s->command, "test-clock", NULL);
    int64_t now_ms;

    if (time == NULL)
        return true;
    if (!time_parse(str_of(time), &now_ms))
        return command_fail(&s->command,
                            "--test-clock %s is no time; write it "
                            "as 2026-11-16T09:00:00+09:00",
                            time);
    clock_test_begin(now_ms);
    return true;
}

/* Without the end of the line. */
static bool
read_password(struct serving *s, const char **password)
{
    const char *path = command_value(&s->command, "mail-password-file", NULL);
    struct str text;

    *password = NULL;
    if (path == NULL)
        return true;
    if (!command_read_file(&s->command, path, PASSWORD_FILE_BYTES_MAX, &text)
        || !str_next(&text, '\n', &text))
        return false;
    *password = arena_cstr(&s->arena, str_trim(text));
    return true;
}

static bool
set_mailing(struct serving *s)
{
    struct mailing_settings settings = {
        .server = command_value(&s->command, "mail-server", NULL),
        .from = command_value(&s->command, "mail-from", NULL),
        .user = command_value(&s->command, "mail-user", NULL),
        .base_url = command_value(&s->command, "base-url", NULL),
    };
    const char *why;

    if (!read_password(s, &settings.password))
        return false;
    if (!mailing_start(&settings, &why))
        return command_misuse(&s->command, "%s", why);
    return true;
}

/*
 * Memory of a group or a request is given back by the mebibyte and wanted
 * again at once: it is kept, up to a bound, instead of being handed to the
 * system and cleared by it each time.
 */
static void
keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 8 * 1024 * 1024);
    mallopt(M_TOP_PAD, 256 * 1024);
}

/* A wrong one is said before anything is touched; where there is none, one is
 * made beside a database that has turned out to be ours. */
static bool
read_secret_key(struct serving *s)
{
    return access(secret_key_path(&s->command), F_OK) != 0
        || secret_key_start(&s->command, false);
}

static bool
make_secret_key(struct serving *s)
{
    return vault_is_started() || secret_key_start(&s->command, true);
}

static bool
give_up(struct serving *s, struct str why)
{
    return command_fail(&s->command, "%.*s", STR_ARG(why));
}

int
command_serve(int argc, char **argv)
{
    struct serving s = { .instance.version = instance_version };
    struct str why = STR_NONE;
    sigset_t signals;

    keep_memory();
    arena_init(&s.arena);
    if (!command_read(&s.command, options, "serve", "", argc, argv))
        return s.command.exit_code;

    /* Blocked before any thread starts, so that only this one takes them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    forbid_cores();

    const char *address = command_value(&s.command, "database", "baton.db");
    bool ok = set_test_clock(&s) && set_mailing(&s) && read_http_settings(&s)
           && read_secret_key(&s)
           && (prepare_database(&s, address, &why) || give_up(&s, why))
           && make_secret_key(&s)
           && ((start_work(&s, address, &why) && look_at_secrets(&s)
                && start_http(&s, &why))
               || give_up(&s, why));
    if (ok) {
        say_ready(&s);
        wait_for_end(&s, &signals);
    }
    end(&s);
    mailing_stop();
    vault_stop();
    command_free(&s.command);
    arena_free(&s.arena);
    return ok ? 0 : s.command.exit_code;
}
