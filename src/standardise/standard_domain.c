/* standard_domain: see standard_domain.h. */
#include "src/standardise/standard_domain.h"

#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

#include "src/standardise/standard_host.h"

enum { GIVEN_BYTES_MAX = 8000 };

static struct str host_of(struct str given);
static bool refuse(struct standard_domain *, const struct standard_reason *);
static struct str same_labels(struct str host, struct str domain);
static void judge(struct standard_domain *);

static const struct standard_reason EMPTY = {
    "domain_missing", "There is no web address or domain."
};
static const struct standard_reason SUFFIX = {
    "domain_is_suffix",
    "This is an ending that many share, like com or co.kr; a name is missing "
    "before it."
};

bool
standard_domain(struct arena *arena, struct str given,
                struct standard_domain *out)
{
    struct standard_host host;
    const struct standard_reason *why;

    *out = (struct standard_domain){ 0 };
    struct str name = host_of(given);
    if (name.bytes == 0 || given.bytes > GIVEN_BYTES_MAX)
        return refuse(out, &EMPTY);
    if (!standard_host(arena, name, &host, &why))
        return refuse(out, why);

    /* The list within the library; it needs no file and no freeing. */
    const char *domain = psl_registrable_domain(psl_builtin(), host.ascii.data);
    if (domain == NULL)
        return refuse(out, &SUFFIX);
    out->host = host.ascii;
    out->domain = str_of(domain);
    out->shown = same_labels(host.shown, out->domain);
    judge(out);
    return true;
}

static bool
refuse(struct standard_domain *out, const struct standard_reason *why)
{
    out->why = why;
    return false;
}

static struct str
up_to(struct str s, const char *ends)
{
    for (size_t i = 0; i < s.bytes; i++)
        if (s.data[i] != '\0' && strchr(ends, s.data[i]) != NULL)
            return str_slice(s, 0, i);
    return s;
}

static struct str
after_last(struct str s, char c)
{
    const char *at = s.bytes == 0 ? NULL : memrchr(s.data, c, s.bytes);

    return at == NULL ? s : str_slice(s, (size_t)(at - s.data) + 1, s.bytes);
}

static size_t
scheme_bytes(struct str s)
{
    size_t n = 0;

    while (n < s.bytes
           && ((s.data[n] >= 'a' && s.data[n] <= 'z')
               || (s.data[n] >= 'A' && s.data[n] <= 'Z')))
        n++;
    return n;
}

/* The host of "scheme://user@host:port/path", "host/path", "a@host" and
 * "Ana <a@host>". */
static struct str
host_of(struct str given)
{
    struct str s = str_trim(given);
    size_t scheme = scheme_bytes(s);

    if (str_starts(str_slice(s, scheme, s.bytes), STR("://")))
        s = str_slice(s, scheme + 3, s.bytes);
    else if (str_starts(s, STR("//")))
        s = str_slice(s, 2, s.bytes);
    s = after_last(up_to(s, "/?#\\"), '@');
    if (s.bytes > 0 && s.data[s.bytes - 1] == '>')
        s.bytes--;
    if (s.bytes > 0 && s.data[0] != '[')
        s = up_to(s, ":");
    if (s.bytes > 1 && s.data[s.bytes - 1] == '.')
        s.bytes--; /* the root, as in "example.com." */
    return s;
}

static size_t
count_dots(struct str s)
{
    size_t dots = 0;

    for (size_t i = 0; i < s.bytes; i++)
        dots += s.data[i] == '.';
    return dots;
}

/* As many labels from the end of `host` as `domain` has. */
static struct str
same_labels(struct str host, struct str domain)
{
    for (size_t drop = count_dots(host) - count_dots(domain); drop > 0; drop--)
        host =
            str_slice(host, (size_t)str_find_char(host, '.') + 1, host.bytes);
    return host;
}

/* Sorted by bytes. */
/* clang-format off */
static const char *const free_mail[] = {
    "126.com", "139.com", "163.com", "189.cn", "1und1.de", "21cn.com",
    "abv.bg", "aim.com", "alice.it", "aliyun.com", "aol.com", "arcor.de",
    "att.net", "au.com", "azet.sk", "bbox.fr", "bellsouth.net",
    "biglobe.ne.jp", "bigpond.com", "bk.ru", "bol.com.br", "btinternet.com",
    "centrum.cz", "charter.net", "chol.com", "chollian.net", "citromail.hu",
    "comcast.net", "cox.net", "daum.net", "docomo.ne.jp", "dreamwiz.com",
    "duck.com", "earthlink.net", "email.com", "empal.com", "empas.com",
    "excite.co.jp", "ezweb.ne.jp", "fastmail.com", "fastmail.fm",
    "foxmail.com", "free.fr", "freechal.com", "freemail.hu", "freenet.de",
    "gmail.com", "gmx.net", "goo.jp", "googlemail.com", "hanmail.net",
    "hanmir.com", "hey.com", "hinet.net", "hitel.net", "hushmail.com", "i.ua",
    "icloud.com", "ig.com.br", "inbox.com", "inbox.ru", "interia.pl",
    "juno.com", "kakao.com", "keemail.me", "korea.com", "laposte.net",
    "libero.it", "list.ru", "lycos.co.kr", "mac.com", "mail.bg", "mail.com",
    "mail.ru", "mailbox.org", "me.com", "msn.com", "nate.com", "naver.com",
    "netian.com", "neuf.fr", "nifty.com", "ntlworld.com", "o2.pl", "onet.pl",
    "online.de", "optonline.net", "optusnet.com.au", "orange.fr", "paran.com",
    "passport.com", "pchome.com.tw", "pm.me", "post.cz", "posteo.de",
    "posteo.net", "proton.me", "protonmail.com", "qq.com", "rambler.ru",
    "rediffmail.com", "rocketmail.com", "rogers.com", "runbox.com",
    "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sina.cn", "sina.com",
    "sky.com", "softbank.ne.jp", "sohu.com", "startmail.com", "sympatico.ca",
    "t-online.de", "talktalk.net", "telefonica.net", "terra.com.br",
    "terra.es", "tin.it", "tiscali.it", "tom.com", "tuta.com", "tuta.io",
    "tutanota.com", "tutanota.de", "ukr.net", "unitel.co.kr", "uol.com.br",
    "usa.com", "verizon.net", "virgilio.it", "virginmedia.com", "wanadoo.fr",
    "web.de", "wp.pl", "xtra.co.nz", "ya.ru", "yeah.net", "ymail.com",
    "zoho.com", "zohomail.com",
};

static const char *const disposable[] = {
    "10minutemail.com", "10minutemail.net", "1secmail.com", "1secmail.net",
    "1secmail.org", "20minutemail.com", "anonbox.net", "anonymbox.com",
    "armyspy.com", "bccto.me", "bugmenot.com", "burnermail.io", "byom.de",
    "correotemporal.org", "crazymailing.com", "cuvox.de", "dayrep.com",
    "deadaddress.com", "discard.email", "discardmail.com", "discardmail.de",
    "disposableaddress.com", "dispostable.com", "dropmail.me", "einrot.com",
    "emailfake.com", "emailondeck.com", "emailtemporanea.net", "emltmp.com",
    "eyepaste.com", "fake-mail.net", "fakeinbox.com", "fakemail.net",
    "fakemailgenerator.com", "filzmail.com", "fleckens.hu", "generator.email",
    "getairmail.com", "getnada.com", "grr.la", "guerrillamail.biz",
    "guerrillamail.com", "guerrillamail.de", "guerrillamail.info",
    "guerrillamail.net", "guerrillamail.org", "guerrillamailblock.com",
    "gustr.com", "harakirimail.com", "inboxbear.com", "inboxkitten.com",
    "incognitomail.org", "instant-mail.de", "jetable.com", "jetable.net",
    "jetable.org", "jourrapide.com", "kurzepost.de", "linshiyouxiang.net",
    "luxusmail.org", "mail-temp.com", "mail.tm", "mailcatch.com", "maildrop.cc",
    "maileater.com", "mailexpire.com", "mailforspam.com", "mailinator.com",
    "mailinator.net", "mailinator2.com", "mailmoat.com", "mailnator.com",
    "mailnesia.com", "mailnull.com", "mailpoof.com", "mailsac.com",
    "mailtemp.info", "mailtothis.com", "meltmail.com", "mintemail.com",
    "minuteinbox.com", "moakt.com", "mohmal.com", "mt2015.com", "muellmail.com",
    "mytemp.email", "nada.email", "nowmymail.com", "one-time.email",
    "onewaymail.com", "owlymail.com", "pokemail.net", "proxymail.eu",
    "receiveee.com", "rhyta.com", "safetymail.info", "sendspamhere.com",
    "sharklasers.com", "sneakemail.com", "sofort-mail.de", "spam4.me",
    "spambog.com", "spambog.de", "spambox.us", "spamdecoy.net", "spamex.com",
    "spamfree24.org", "spamgourmet.com", "spamhole.com", "spammotel.com",
    "superrito.com", "tafmail.com", "teleworm.us", "temp-mail.io",
    "temp-mail.org", "tempail.com", "tempemail.net", "tempinbox.co.uk",
    "tempinbox.com", "tempmail.com", "tempmail.de", "tempmail.io",
    "tempmail.net", "tempmailaddress.com", "tempmailo.com",
    "temporaryinbox.com", "temporarymail.com", "tempr.email", "throwam.com",
    "throwawaymail.com", "tmail.ws", "tmailinator.com", "tmpmail.net",
    "tmpmail.org", "trash-mail.com", "trash2009.com", "trashmail.at",
    "trashmail.com", "trashmail.de", "trashmail.me", "trashmail.net",
    "trashymail.com", "twinmail.de", "wegwerfmail.de", "wegwerfmail.net",
    "wegwerfmail.org", "wh4f.org", "yopmail.com", "yopmail.fr", "yopmail.net",
    "zippymail.info",
};

/* In every country: yahoo.co.jp, hotmail.fr. */
static const char *const families[] = {
    "gmx", "hotmail", "live", "outlook", "yahoo", "yandex",
};
/* clang-format on */

static int
by_name(const void *key, const void *row)
{
    return str_compare(*(const struct str *)key,
                       str_of(*(const char *const *)row));
}

#define IS_IN(table, name)                                                     \
    (bsearch(&(name), table, sizeof(table) / sizeof *(table), sizeof *(table), \
             by_name)                                                          \
     != NULL)

static void
judge(struct standard_domain *out)
{
    struct str brand = up_to(out->domain, ".");

    out->is_free_mail = IS_IN(free_mail, out->domain) || IS_IN(families, brand);
    out->is_disposable = IS_IN(disposable, out->domain);
}
