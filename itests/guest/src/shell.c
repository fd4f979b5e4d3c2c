/* A shell for whoever connects. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Busybox reads the connection as its input and writes to it; what it leaves behind runs on. */
void shell_service(struct peer *peer) {
    pid_t shell = fork();
    if (shell == 0) {
        for (int fd = 0; fd <= 2; fd++) dup2(peer->fd, fd);
        /* programs that outlive their shell must not keep anybody's connection open */
        for (int fd = 3; fd < 1024; fd++) close(fd);
        signal(SIGPIPE, SIG_DFL);
        execl("/bin/busybox", "sh", (char *)NULL);
        _exit(127);
    }
    if (shell > 0) waitpid(shell, NULL, 0);
}
