/* Stands in for a hypervisor in tests: maps a file and writes pages of it on command.
 *
 * writer FILE BYTES; commands on standard input: "w PAGE VALUE" fills a page, "d PAGE COUNT STRIDE" writes a word
 * to COUNT pages that are STRIDE apart, "h PAGE COUNT" cuts a hole, "s" splits the mapping as madvise can, "e" prints
 * LD_PRELOAD as a child sees it. Each is answered by a line. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count != 3) return 2;
    int fd = open(arguments[1], O_RDWR);
    size_t bytes = strtoull(arguments[2], NULL, 10);
    if (fd < 0) return 3;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) return 4;
    printf("ready\n");
    fflush(stdout);
    char command;
    while (scanf(" %c", &command) == 1) {
        unsigned long long page = 0, value = 0, stride = 0;
        if (command == 'w' && scanf("%llu %llu", &page, &value) == 2) {
            memset(memory + page * 4096, (int)value, 4096);
        } else if (command == 'd' && scanf("%llu %llu %llu", &page, &value, &stride) == 3) {
            for (; value; value--, page += stride) (*(volatile unsigned long *)(memory + page * 4096 + 8))++;
        } else if (command == 'h' && scanf("%llu %llu", &page, &value) == 2) {
            if (madvise(memory + page * 4096, value * 4096, MADV_REMOVE)) return 5;
        } else if (command == 's') {
            if (madvise(memory + bytes / 2, 4096, MADV_DONTFORK)) return 6;
        } else if (command == 'e') {
            if (system("echo \"child:$LD_PRELOAD:$KEMARI_RAM_FILE\"")) return 7;
            continue;
        } else {
            return 8;
        }
        printf("done\n");
        fflush(stdout);
    }
    return 0;
}
