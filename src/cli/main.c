// cli/main.c - the one program.
#include "cli/command.h"
#include "cli/process.h"
#include "crypto/secret.h"

#include <signal.h>
#include <string.h>

int main(int count, char **arguments)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (count > 1 && strcmp(arguments[1], "process") == 0)
        return process_main(count - 2, arguments + 2);
    crypto_start();
    return command_main(world_real(), count, arguments);
}
