#include "cli/passphrase.h"

#include "base/encode.h"

#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_BYTES_MAX = 1024 };

// One octet at a time: what follows the line is left to whoever reads next.
static bool read_line(int fd, struct secret *ret_owned, struct err *err)
{
    struct secret line = {0};
    size_t len = 0;
    bool ended = false;
    secret_init(&line, PASSPHRASE_BYTES_MAX);
    while (!ended && len < PASSPHRASE_BYTES_MAX) {
        ssize_t n = read(fd, line.ptr + len, 1);
        ended = n <= 0 || line.ptr[len] == '\n';
        if (!ended)
            len++;
    }
    bool done = ended && len > 0;
    if (done)
        secret_copy(ret_owned, bytes_of(line.ptr, len));
    secret_release(&line);
    if (done)
        return true;
    return err_set(err, ERR_USAGE, NULL, "a passphrase has 1 to %d octets",
                   PASSPHRASE_BYTES_MAX - 1);
}

static bool ask(const char *prompt, struct secret *ret_owned, struct err *err)
{
    struct termios before;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &before) != 0)
        return err_set(
            err, ERR_USAGE, NULL,
            "no terminal to ask for the passphrase on; name a file: --passphrase-file FILE, or "
            "for the node passphrase-file in elchi.conf");
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)dprintf(fd, "%s: ", prompt);
    (void)tcsetattr(fd, TCSAFLUSH, &quiet);
    bool done = read_line(fd, ret_owned, err);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)dprintf(fd, "\n");
    (void)close(fd); // a terminal; nothing to lose
    return done;
}

bool passphrase_get(const char *file, const char *prompt, struct secret *ret_owned, struct err *err)
{
    uint64_t number = 0;
    if (file == NULL || file[0] == '\0')
        return ask(prompt, ret_owned, err);
    if (strncmp(file, "fd:", 3) == 0) {
        if (!decimal_read(str_of(file + 3), 1 << 20, &number))
            return err_set(err, ERR_USAGE, NULL, "%.60s is no descriptor", file);
        return read_line((int)number, ret_owned, err);
    }
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_NOT_FOUND, NULL, "cannot open the passphrase file %.160s", file);
    bool done = read_line(fd, ret_owned, err);
    (void)close(fd); // only read
    return done;
}

bool passphrase_new(const char *file, const char *prompt, struct secret *ret_owned, struct err *err)
{
    struct secret again = {0};
    if (!passphrase_get(file, prompt, ret_owned, err))
        return false;
    if (file != NULL && file[0] != '\0')
        return true;
    bool same = ask("The same again", &again, err) && secret_eq(ret_owned, &again);
    secret_release(&again);
    if (same)
        return true;
    secret_release(ret_owned);
    return err_set(err, ERR_USAGE, NULL, "the two passphrases differ");
}
